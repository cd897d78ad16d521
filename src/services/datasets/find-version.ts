import type { KaggleClient } from '../../core/client.ts';
import { lookUp } from './look-up.ts';
import { notesWith } from './pending.ts';
import type { DatasetContent, NewVersion } from './types.ts';

/**
 * The number of the version just made. The call does not say it: it is one more than before, unless somebody else made
 * one in the same moment; then the notes tell which is ours (by the nonce, if they have one), once they are shown.
 */
export async function findVersion(
  client: KaggleClient,
  dataset: DatasetContent & NewVersion,
  before: number,
  nonce: string | undefined,
  signal: AbortSignal,
): Promise<number> {
  const notes = notesWith(dataset.notes ?? '', nonce);
  const now = await lookUp(client, dataset, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    const reason = (error as Error).message;
    client.log(`${dataset.owner}/${dataset.slug}: the version number could not be checked (${reason})`);
    return undefined;
  });
  const ours = (now?.versions ?? [])
    .filter((version) => Number(version.versionNumber) > before && version.versionNotes === notes)
    .map((version) => Number(version.versionNumber));
  return ours.length === 1 ? ours[0]! : before + 1;
}
