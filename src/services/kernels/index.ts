/** The verbs of the kernels area: plain functions of (client, what, options). */
export type { OpenRemoteOptions, RemoteFile } from '../../core/transfer/remote.ts';
export { type CancelOptions, cancel } from './cancel.ts';
export type { CancelOnAbort } from './cancel-after-abort.ts';
export { get } from './get.ts';
export { type ListOptions, list } from './list.ts';
export { type ListOutputOptions, listOutput } from './list-output.ts';
export type { LogEntry } from './log-entry.ts';
export { type LogsOptions, logs } from './logs.ts';
export { openRemote } from './open-remote.ts';
export { type FetchedFile, type OutputOptions, output } from './output.ts';
export type { OutputFile } from './output-pages.ts';
export { type PushedKernel, push } from './push.ts';
export type { PushRequest } from './push-request.ts';
export { remove } from './remove.ts';
export { type RunOptions, type RunRequest, type RunResult, run } from './run.ts';
export type { RunRef } from './run-ref.ts';
export { type KernelStatus, status } from './status.ts';
export { type WaitOptions, wait } from './wait.ts';
