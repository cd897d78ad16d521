import { KaggleError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { findVersion, type Mark, type Snapshot } from '../versions/index.ts';
import { type SentFile, versionsWith } from './listed.ts';
import type { DatasetHandle } from './ref.ts';

/** Finds the version at a later look; where no notes tell, by its files. Throws `KaggleError` where those do not either. */
export async function identifyVersion(
  client: KaggleClient,
  handle: DatasetHandle,
  found: Snapshot,
  mark: Mark,
  sent: readonly SentFile[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const sighting = findVersion(found, mark);
  if (sighting !== 'unclear') return typeof sighting === 'number' ? sighting : undefined;
  const newer = Array.from({ length: found.latest - mark.before }, (_, index) => mark.before + 1 + index);
  const fitting = await versionsWith(client, handle, sent, newer, signal);
  if (fitting.length <= 1) return fitting[0];
  const name = `${handle.owner}/${handle.slug}`;
  throw new KaggleError(
    `${name}: versions ${fitting.join(', ')} list the files that were sent, and no notes tell which of them was made ` +
      `here; see https://www.kaggle.com/datasets/${name}/versions`,
  );
}
