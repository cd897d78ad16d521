import { KaggleError } from '../../../core/errors.ts';
import { sha256Text } from '../../../core/hash/digest.ts';
import { checkCall, refuse } from '../../../core/options/check.ts';
import { textOf } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { markText } from '../push/mark.ts';
import { contentOf, type PushOptions, preparePush, pushOptionFields, pushPrepared } from '../push/push.ts';
import { cancellable, type PushRequest, pushField } from '../push/request.ts';
import { createJob, type Job } from './job.ts';

/** Options of `start`. */
export interface StartOptions extends PushOptions {
  /** At most one run is started for a key of a kernel; 1 to 200 characters. */
  key?: string | undefined;
}

const startFields = (): Fields<StartOptions> => ({ ...pushOptionFields(), key: textOf(1, 200) });

/**
 * Starts a run, and returns its handle.
 */
export async function start(client: KaggleClient, request: PushRequest, options: StartOptions = {}): Promise<Job> {
  checkCall('kernels.start', client, { request, options }, { request: pushField, options: startFields });
  if (request.kernelExecutionType === 'QUICK_SAVE') {
    const message = 'QUICK_SAVE saves a version without running it; use kernels.push';
    refuse('kernels.start', [{ path: 'kernelExecutionType', message }]);
  }
  const { key, ...pushOptions } = options;
  const prepared = await preparePush(client, cancellable(request), options);
  const named = key === undefined ? crypto.randomUUID() : `${prepared.slug}\n${key}`;
  const mark = { id: (await sha256Text(named)).slice(0, 24), content: (await contentOf(prepared)).slice(0, 8) };
  const kernel = await pushPrepared(client, prepared, { ...pushOptions, mark: markText(mark) });
  if (!kernel.versionNumber) throw new KaggleError('no version');
  return createJob(client, { ...kernel, kernelId: kernel.kernelId ?? 0, pushedAt: client.clock.now(), key });
}
