/** The functions of `kaggle-ts/kernels`: each takes the client, what it is about, and options. */
export { slugify } from '../../core/slug/slugify.ts';
export type { OpenRemoteOptions, RemoteFile } from '../../core/transfer/remote/remote.ts';
export type { CancelOnAbort } from './cancel.ts';
export { type CancelOptions, cancel } from './cancel.ts';
export { type JobEvent, type WatchOptions, watch } from './events/watch.ts';
export type { FollowOptions } from './follow.ts';
export type { ApiGetKernelResponse, ApiKernelMetadata, ApiListKernelsRequest } from './generated/types.ts';
export { get } from './get.ts';
export type { FunctionDefinition } from './gpu/definition.ts';
export { type PythonException, RemoteFunctionError } from './gpu/error.ts';
export { gpu, type RemoteCallOptions, type RemoteFunction, type RemoteResultOptions } from './gpu/gpu.ts';
export type { RemoteMapOptions, RemoteResult, RemoteSweep } from './gpu/map.ts';
export type { SchemaIssue, SchemaResult, StandardSchema } from './gpu/schema.ts';
export { attach } from './job/attach.ts';
export type { Job } from './job/job.ts';
export type { JobLog, JobLogsOptions } from './job/log.ts';
export type { JobPeek } from './job/peek.ts';
export type { JobResult } from './job/result.ts';
export { type StartOptions, start } from './job/start.ts';
export { type KernelFilter, type ListOptions, list } from './list.ts';
export type { LogEntry } from './log/entry.ts';
export { type LogsOptions, logs } from './log/logs.ts';
export { map } from './map/map.ts';
export type { Slots, Starting, UsedQuota } from './map/progress.ts';
export type { SweepState } from './map/state.ts';
export { sweepStep } from './map/sweep-step.ts';
export type {
  MapEvent,
  MapOptions,
  MapResult,
  Sweep,
  SweepCounts,
  SweepOptions,
  SweepRequest,
  SweepStep,
  SweepStepOptions,
} from './map/types.ts';
export { type ListOutputOptions, listOutput } from './output/list.ts';
export { openRemote } from './output/open-remote.ts';
export { type FetchedFile, type OutputOptions, output } from './output/output.ts';
export type { OutputFile } from './output/pages.ts';
export type { OutputPlan } from './output/plan.ts';
export { fromKernel } from './push/from-kernel.ts';
export type { JobFolder } from './push/job-files.ts';
export type { JobCode, Language } from './push/job-text.ts';
export { fromMetadata, type KernelMetadata } from './push/metadata.ts';
export { type PushOptions, push } from './push/push.ts';
export { PartialPushError, type PushedKernel } from './push/pushed.ts';
export { type AcceleratorKind, CapacityError, QuotaError } from './push/refusals.ts';
export type { PushRequest } from './push/request.ts';
export type { SlotOptions } from './push/save.ts';
export { type ScriptKind, scriptKind } from './push/script-kind.ts';
export type { MachineShape } from './push/shapes.ts';
export type { KernelSources } from './push/sources.ts';
export { remove } from './remove.ts';
export { type RunOptions, type RunRequest, type RunResult, run } from './run.ts';
export type { RunRef } from './run-ref.ts';
export { type WaitOptions, type WaitResult, wait } from './wait.ts';
export { isTerminal, type KernelStatus, status } from './watch/status.ts';
