import { KaggleError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Sleep } from '../../core/transfer/pause.ts';
import type { ApiDataset } from './generated/index.ts';
import { type SentFile, versionsWith } from './listed.ts';
import { latestVersion } from './look-up.ts';
import { sightVersion } from './pending.ts';
import type { DatasetHandle } from './ref.ts';
import { lookFor } from './settle.ts';

/** What is known of a version that a call made, or may have made. */
export interface Trace {
  /** The highest version before the call. */
  readonly before: number;
  /** As they were sent, with the mark if there is one. */
  readonly notes: string;
  readonly nonce: string | undefined;
}

/**
 * Which version is ours, as far as a look tells: its number, `waiting` where it is not shown yet, or `unclear` where
 * there are newer versions and nothing says whose they are. Never one that may be another's: the number of ours is one
 * more than before only if nobody else made one in the same moment. Pure.
 */
export function sightMade(
  dataset: ApiDataset | undefined,
  { before, notes, nonce }: Trace,
): number | 'waiting' | 'unclear' {
  if (nonce !== undefined) {
    const sighting = sightVersion(dataset, { nonce, before });
    return sighting === 'absent' || sighting === 'others' ? 'waiting' : sighting;
  }
  const latest = latestVersion(dataset);
  if (latest <= before) return 'waiting';
  const newer = (dataset?.versions ?? []).filter((version) => Number(version.versionNumber) > before);
  const others = newer.filter((version) => version.versionNotes && version.versionNotes !== notes);
  if (others.length === latest - before) return 'waiting';
  return newer.length === 1 && latest === before + 1 && others.length === 0 ? latest : 'unclear';
}

/** The number of the version just made, once it is shown; the call does not say it. `undefined` where it cannot be told. */
export async function findVersion(
  client: KaggleClient,
  handle: DatasetHandle,
  trace: Trace,
  options: { signal: AbortSignal; sleep?: Sleep | undefined },
): Promise<number | undefined> {
  const name = `${handle.owner}/${handle.slug}`;
  try {
    const found = await lookFor(client, handle, (dataset) => sightMade(dataset, trace), options);
    if (typeof found?.made === 'number') return found.made;
    client.log(`${name}: a version was made, and is not shown yet: its number is not known`);
  } catch (error) {
    options.signal.throwIfAborted();
    client.log(`${name}: a version was made; its number could not be looked up (${(error as Error).message})`);
  }
  return undefined;
}

/** Finds the version at a later look; where no notes tell, by its files. Throws `KaggleError` where those do not either. */
export async function identifyVersion(
  client: KaggleClient,
  handle: DatasetHandle,
  dataset: ApiDataset,
  trace: Trace,
  sent: readonly SentFile[],
  signal: AbortSignal,
): Promise<number | undefined> {
  const sighting = sightMade(dataset, trace);
  if (sighting !== 'unclear') return sighting === 'waiting' ? undefined : sighting;
  const newer = Array.from({ length: latestVersion(dataset) - trace.before }, (_, index) => trace.before + 1 + index);
  const fitting = await versionsWith(client, handle, sent, newer, signal);
  if (fitting.length <= 1) return fitting[0];
  const name = `${handle.owner}/${handle.slug}`;
  throw new KaggleError(
    `${name}: versions ${fitting.join(', ')} list the files that were sent, and no notes tell which of them was made ` +
      `here; see https://www.kaggle.com/datasets/${name}/versions`,
  );
}
