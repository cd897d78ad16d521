import { NotFoundError, PermissionError } from '../../core/errors.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type ApiDataset, getDataset } from './generated/index.ts';
import type { DatasetHandle } from './ref.ts';

/** The dataset, or `undefined` when it does not exist for this user (404, and 403, which Kaggle answers as well). */
export async function lookUp(
  client: KaggleClient,
  { owner, slug }: DatasetHandle,
  options?: CallOptions,
): Promise<ApiDataset | undefined> {
  try {
    return await client.call(getDataset, { ownerSlug: owner, datasetSlug: slug }, options);
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof PermissionError) return undefined;
    throw error;
  }
}

/** The highest version that an answer tells of; 0 for none. */
export function latestVersion(dataset: ApiDataset | undefined): number {
  const numbers = (dataset?.versions ?? []).map((version) => Number(version.versionNumber));
  return Math.max(0, Number(dataset?.currentVersionNumber ?? 0), ...numbers);
}
