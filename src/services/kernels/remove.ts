import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { deleteKernel } from './generated/methods.ts';
import { type RunRef, resolveRun, runField } from './run-ref.ts';

/** Deletes a kernel with all its versions, for good. Throws `ApiError` when the server refuses. */
export async function remove(client: KaggleClient, kernel: RunRef, options: CallOptions = {}): Promise<void> {
  checkCall('kernels.remove', client, { kernel, options }, { kernel: runField, options: callFields });
  const { owner, slug } = await resolveRun(client, kernel, options);
  await client.call(deleteKernel, { userName: owner, kernelSlug: slug }, options);
}
