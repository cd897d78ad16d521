/** What every entry of the package exports beside `createClient` and `createKaggle`. */
export type { ArchiveLimits } from './core/archive/limits.ts';
export type { UnpackOptions } from './core/archive/types.ts';
export type { Introspection } from './core/auth/identity.ts';
export type { CredentialContext, CredentialOptions } from './core/auth/provider.ts';
export type {
  EnumSchema,
  Init,
  Int64,
  Json,
  Kind,
  KindParts,
  Message,
  MessageSchema,
  Open,
  Problem,
} from './core/codec/index.ts';
export type { ErrorText, NameOption } from './core/error-text.ts';
export * from './core/errors.ts';
export type { PathLike } from './core/file-path.ts';
export type * from './core/platform.ts';
export type { Progress, TransferOptions, Verified } from './core/progress.ts';
export type { CallOptions, ClientOptions, KaggleClient, KaggleEnvironment } from './core/rpc/client.ts';
export type { Method } from './core/rpc/method.ts';
export type { Page, Paginated } from './core/rpc/paginate.ts';
export type { PollSchedule } from './core/rpc/poll.ts';
export type { Sender } from './core/rpc/sender.ts';
export { version } from './core/rpc/version.ts';
export type { Existing } from './core/transfer/download/local-file.ts';
export type { Folder } from './core/transfer/folder.ts';
export type { BlobStart } from './core/transfer/upload/upload.ts';
export type { OnWarning } from './core/warn.ts';
export type { KaggleDatasets } from './generated/datasets.ts';
export type { KaggleKernels } from './generated/kernels.ts';
