import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type ApiDataset, getDataset } from './generated/index.ts';
import { type DatasetRef, datasetField, parseDatasetRef } from './ref.ts';

/**
 * Returns what Kaggle knows about a dataset: title, sizes, license, tags and versions.
 *
 * @param dataset - The dataset; a version number in the reference is ignored.
 * @throws `NotFoundError` or `PermissionError` if the dataset does not exist or is private. Kaggle returns 403 for both.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { get } from 'kaggle-ts/datasets';
 *
 * const { title, currentVersionNumber } = await get(createClient(), 'alice/my-points');
 * console.log(title, currentVersionNumber);
 * ```
 */
export async function get(client: KaggleClient, dataset: DatasetRef, options: CallOptions = {}): Promise<ApiDataset> {
  checkCall('datasets.get', client, { dataset, options }, { dataset: datasetField, options: callFields });
  const { owner, slug } = parseDatasetRef(dataset);
  return client.call(getDataset, { ownerSlug: owner, datasetSlug: slug }, options);
}
