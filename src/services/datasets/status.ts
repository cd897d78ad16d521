import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { getDatasetStatus } from './generated/index.ts';
import { type DatasetRef, parseDatasetRef } from './ref.ts';

/**
 * How far Kaggle is with the newest version it knows of: `READY`, `FAILED`, or one of the steps before. Right after a
 * new version it may still be the answer for the one before; `waitUntilReady` tells them apart.
 */
export async function status(client: KaggleClient, dataset: DatasetRef, options?: CallOptions): Promise<string> {
  const { owner, slug } = parseDatasetRef(dataset);
  const answer = await client.call(getDatasetStatus, { ownerSlug: owner, datasetSlug: slug }, options);
  return answer.status;
}
