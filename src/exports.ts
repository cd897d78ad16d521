/** What every entry of the package exports beside `createClient` and `createKaggle`. */
export type { Init, Int64, Json, MessageSchema } from './core/codec/message.ts';
export {
  ApiError,
  AuthenticationError,
  ConnectionError,
  IntegrityError,
  isKaggleError,
  KaggleError,
  KernelFailedError,
  MissingCapabilityError,
  NotFoundError,
  PermissionError,
  RateLimitError,
  TimeoutError,
  TransferError,
  ValidationError,
  type ValidationIssue,
} from './core/errors.ts';
export type {
  ByteSink,
  ByteSource,
  Clock,
  FileEntry,
  FileSystem,
  FolderSink,
  HashAlgorithm,
  Hasher,
  Inflater,
  PartialSink,
  Platform,
  StateStore,
  StreamPut,
} from './core/platform.ts';
export type { Progress, TransferOptions } from './core/progress.ts';
export type { Bound } from './core/rpc/bind.ts';
export type { CallOptions, ClientOptions, Introspection, KaggleClient, KaggleEnvironment } from './core/rpc/client.ts';
export type { Method } from './core/rpc/method.ts';
export { version } from './core/rpc/version.ts';
