import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type ApiDataset, getDataset } from './generated/index.ts';
import { type DatasetRef, parseDatasetRef } from './ref.ts';

/** What Kaggle knows of a dataset. Throws `NotFoundError` or `PermissionError` where there is none for this user. */
export function get(client: KaggleClient, dataset: DatasetRef, options?: CallOptions): Promise<ApiDataset> {
  const { owner, slug } = parseDatasetRef(dataset);
  return client.call(getDataset, { ownerSlug: owner, datasetSlug: slug }, options);
}
