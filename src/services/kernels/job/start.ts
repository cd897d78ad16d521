import { checkCall, refuse } from '../../../core/options/check.ts';
import { textOf } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { randomMark } from '../push/mark.ts';
import { type PushOptions, preparePush, pushOptionFields } from '../push/push.ts';
import { cancellable, type PushRequest, pushField } from '../push/request.ts';
import type { SaveOptions } from '../push/save.ts';
import { createJob, type Job } from './job.ts';
import { prepareOnce } from './once.ts';
import { pushMarked } from './push-marked.ts';
import { startOnce } from './start-once.ts';

/** Options of `start`. */
export interface StartOptions extends PushOptions {
  /**
   * Starts at most one run for this key and kernel: a later call with the key returns the job of that run, whatever its status, in
   * this or another process, and also after a crash during the push. 1 to 200 characters.
   * @default none: each call starts a run
   */
  key?: string | undefined;
}

export const startFields = (): Fields<StartOptions> => ({ ...pushOptionFields(), key: textOf(1, 200) });

/**
 * Starts a run, and returns its handle without waiting for it. `attach` returns the handle in another process, from its `id`.
 *
 * The source gets a comment at its end, by which the version is found if the response of Kaggle is lost. A Python script also gets the
 * prologue of `params`, so that the run can be canceled; its tracebacks show its own line numbers.
 *
 * With a `key`, a run is started at most once. The state store of the platform records it. Two processes that use the same key at the
 * same time need a store that can lock (`claim`). Without a store, the newest 20 versions of the kernel are searched; with one that
 * does not know the key, the newest 5.
 *
 * @param request - The kernel, as for `push`.
 * @returns The job.
 * @throws Everything that `push` throws. After a `PartialPushError` the run exists, and the same key returns its job.
 * @throws `KaggleError` if the state store fails; nothing was pushed then.
 * @throws The reason of `signal` if it is aborted. The version may have been saved: start again with the same key.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { start } from 'kaggle-ts/kernels';
 *
 * const job = await start(
 *   createClient(),
 *   { slug: 'alice/my-training', newTitle: 'My Training', text: 'print("hello")', machineShape: 'NvidiaTeslaT4' },
 *   { key: 'nightly-2026-11-27' },
 * );
 * console.log(job.id);
 * ```
 */
export async function start(client: KaggleClient, request: PushRequest, options: StartOptions = {}): Promise<Job> {
  checkCall('kernels.start', client, { request, options }, { request: pushField, options: startFields });
  return startJob(client, request, options);
}

/** Like `start`, without a check of the types of its arguments. */
export async function startJob(
  client: KaggleClient,
  request: PushRequest,
  options: StartOptions & SaveOptions,
): Promise<Job> {
  const { key, ...pushOptions } = options;
  if (request.kernelExecutionType === 'QUICK_SAVE') {
    const message = 'QUICK_SAVE saves a version without running it; use kernels.push';
    refuse('kernels.start', [{ path: 'kernelExecutionType', message }]);
  }
  if (key !== undefined && request.slug === undefined) {
    refuse('kernels.start', [{ path: 'slug', message: 'is missing; a key belongs to the slug of a kernel' }]);
  }
  const signal = joinSignals(client.signal, options.signal);
  if (key === undefined) {
    const prepared = await preparePush(client, cancellable(request), { signal });
    const pushedAt = client.clock.now();
    const kernel = await pushMarked(client, prepared, { ...pushOptions, mark: randomMark() });
    return createJob(client, { ...kernel, kernelId: kernel.kernelId ?? 0, pushedAt, key });
  }
  const once = await prepareOnce(client, request, key, { signal });
  return createJob(client, await startOnce(client, once, { ...pushOptions, signal }));
}
