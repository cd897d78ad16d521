import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { getKernel } from './generated/methods.ts';
import type { ApiGetKernelResponse } from './generated/types.ts';
import { type RunRef, resolveRun, runField, runFields } from './run-ref.ts';

/**
 * Gets the settings (`metadata`) and the source (`blob`) of a kernel version.
 *
 * @param run - The version; without one, the latest. See `RunRef`.
 * @throws `PermissionError` if the kernel does not exist or is private, and `NotFoundError` if the version does not exist.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { get } from 'kaggle-ts/kernels';
 *
 * const { metadata, blob } = await get(createClient(), 'alice/my-training/3');
 * console.log(metadata?.machineShape, blob?.source);
 * ```
 */
export async function get(client: KaggleClient, run: RunRef, options: CallOptions = {}): Promise<ApiGetKernelResponse> {
  checkCall('kernels.get', client, { run, options }, { run: runField, options: callFields });
  return client.call(getKernel, runFields(await resolveRun(client, run, options)), options);
}
