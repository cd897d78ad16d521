/** What every entry of the package exports beside `createClient` and `createKaggle`. */
export type { Introspection } from './core/auth/identity.ts';
export type { CredentialContext } from './core/auth/provider.ts';
export type { Init, Int64, Json, MessageSchema } from './core/codec/message.ts';
export * from './core/errors.ts';
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
export type { CallOptions, ClientOptions, KaggleClient, KaggleEnvironment } from './core/rpc/client.ts';
export type { Method } from './core/rpc/method.ts';
export { version } from './core/rpc/version.ts';
