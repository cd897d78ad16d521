import { NotFoundError, PermissionError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Snapshot } from '../versions/index.ts';
import { type ApiDataset, getDataset } from './generated/index.ts';
import type { DatasetHandle } from './ref.ts';

/** The dataset, or `undefined` if it does not exist for this user (404, or Kaggle's 403). */
export async function lookUp(
  client: KaggleClient,
  { owner, slug }: DatasetHandle,
  signal: AbortSignal,
): Promise<Snapshot | undefined> {
  try {
    return snapshotOf(await client.call(getDataset, { ownerSlug: owner, datasetSlug: slug }, { signal }));
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof PermissionError) return undefined;
    throw error;
  }
}

/** The versions in a response of GetDataset. */
export function snapshotOf({ title, currentVersionNumber, versions }: ApiDataset): Snapshot {
  const listed = (versions ?? []).map(({ versionNumber, versionNotes, status }) => ({
    number: Number(versionNumber),
    notes: versionNotes ?? '',
    status,
  }));
  const latest = Math.max(0, Number(currentVersionNumber ?? 0), ...listed.map(({ number }) => number));
  return { title, latest, versions: listed };
}
