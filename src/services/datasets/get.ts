import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type ApiDataset, getDataset } from './generated/index.ts';
import { type DatasetRef, datasetField, parseDatasetRef } from './ref.ts';

/** What Kaggle knows of a dataset. Throws `NotFoundError` or `PermissionError` where there is none for this user. */
export async function get(client: KaggleClient, dataset: DatasetRef, options: CallOptions = {}): Promise<ApiDataset> {
  checkCall('datasets.get', client, { dataset, options }, { dataset: datasetField, options: callFields });
  const { owner, slug } = parseDatasetRef(dataset);
  return client.call(getDataset, { ownerSlug: owner, datasetSlug: slug }, options);
}
