import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { getKernel } from './generated/methods.ts';
import type { ApiGetKernelResponse } from './generated/types.ts';
import { type RunRef, resolveRun, runField, runFields } from './run-ref.ts';

/**
 * The settings (`metadata`) and the source (`blob`) of a kernel: of the version that `run` names, or of the latest.
 *
 * @throws `PermissionError` for a kernel that does not exist or is private, `NotFoundError` for a version that does not
 * exist, and the other kinds of `ApiError` as the server answers.
 */
export async function get(client: KaggleClient, run: RunRef, options: CallOptions = {}): Promise<ApiGetKernelResponse> {
  checkCall('kernels.get', client, { run, options }, { run: runField, options: callFields });
  return client.call(getKernel, runFields(await resolveRun(client, run, options)), options);
}
