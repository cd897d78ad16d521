import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { deleteKernel } from './generated/methods.ts';
import { type RunRef, resolveRun, runField } from './run-ref.ts';

/**
 * Deletes a kernel with all its versions. This also stops a run and its use of quota. It cannot be undone.
 *
 * @param kernel - The kernel; a version in it is ignored.
 * @throws `PermissionError` if the kernel does not exist or belongs to another account.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { remove } from 'kaggle-ts/kernels';
 *
 * await remove(createClient(), 'alice/my-training');
 * ```
 */
export async function remove(client: KaggleClient, kernel: RunRef, options: CallOptions = {}): Promise<void> {
  checkCall('kernels.remove', client, { kernel, options }, { kernel: runField, options: callFields });
  const { owner, slug } = await resolveRun(client, kernel, options);
  await client.call(deleteKernel, { userName: owner, kernelSlug: slug }, options);
}
