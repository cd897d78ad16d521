import { ValidationError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { forgetCreated } from './created.ts';
import { deleteDataset } from './generated/index.ts';
import { type DatasetRef, datasetField, parseDatasetRef } from './ref.ts';

/**
 * Deletes a dataset with all its versions. This cannot be undone, and the name cannot be reused.
 *
 * @param dataset - The dataset. A reference to one version is rejected: Kaggle deletes whole datasets only.
 * @throws `ValidationError` if `dataset` names one version.
 * @throws `ApiError` if Kaggle refuses, for example because you do not own the dataset.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { remove } from 'kaggle-ts/datasets';
 *
 * await remove(createClient(), 'alice/my-points');
 * ```
 */
export async function remove(client: KaggleClient, dataset: DatasetRef, options: CallOptions = {}): Promise<void> {
  checkCall('datasets.remove', client, { dataset, options }, { dataset: datasetField, options: callFields });
  const handle = parseDatasetRef(dataset);
  const { owner, slug, version } = handle;
  // The result of `createOrVersion` has a version number, but also represents the dataset.
  if (version !== undefined && !(typeof dataset === 'object' && 'ref' in dataset)) {
    throw new ValidationError(
      `cannot delete version ${version} of ${owner}/${slug}: Kaggle deletes whole datasets only; pass "${owner}/${slug}" to delete all versions`,
    );
  }
  await client.call(deleteDataset, { ownerSlug: owner, datasetSlug: slug }, options);
  forgetCreated(client, handle);
}
