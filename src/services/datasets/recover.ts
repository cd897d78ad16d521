import type { KaggleClient } from '../../core/client.ts';
import { KaggleError } from '../../core/errors.ts';
import type { Sleep } from '../../core/transfer/pause.ts';
import type { ApiDataset } from './generated/index.ts';
import { listFiles } from './list-files.ts';
import { latestVersion } from './look-up.ts';
import { notesWith, type Pending, type Sighting, sightVersion } from './pending.ts';
import type { DatasetHandle } from './ref.ts';
import { lookFor } from './settle.ts';

/** What a dataset that an earlier process wanted to make must look like. */
export interface Expected {
  readonly title: string;
  readonly files: readonly { readonly name: string; readonly source: { readonly size: number } }[];
}

const line = (name: string, size: unknown) => `${name.slice(name.lastIndexOf('/') + 1)} ${size}`;

/** Whether the first version of the dataset has our title and exactly our files, by name and size. */
export async function isOurs(
  client: KaggleClient,
  handle: DatasetHandle,
  dataset: ApiDataset,
  expected: Expected,
  signal: AbortSignal,
): Promise<boolean> {
  if (dataset.title !== expected.title) return false;
  const ours = expected.files.map(({ name, source }) => line(name, source.size)).sort();
  const theirs: string[] = [];
  const listed = listFiles(client, { ...handle, version: 1 }, { limit: ours.length + 1, signal });
  for await (const file of listed) theirs.push(line(file.name ?? '', file.totalBytes ?? 0));
  return JSON.stringify(theirs.sort()) === JSON.stringify(ours);
}

/**
 * Finds out what became of a call that an earlier process made, or was about to make, before it ended. Resolves to the
 * number of the version if it worked, to `undefined` if it did not: then it can be made. Throws `KaggleError` where
 * what is there does not tell.
 */
export async function recover(
  client: KaggleClient,
  handle: DatasetHandle,
  pending: Pending,
  expected: Expected,
  options: { signal: AbortSignal; sleep?: Sleep | undefined },
): Promise<number | undefined> {
  let sighting: Sighting = 'absent';
  let latest = 0;

  async function look(dataset: ApiDataset | undefined): Promise<number | 'waiting'> {
    latest = latestVersion(dataset);
    if (pending.call === 'version') sighting = sightVersion(dataset, pending);
    else if (!dataset) sighting = 'absent';
    else sighting = (await isOurs(client, handle, dataset, expected, options.signal)) ? 1 : 'unclear';
    return typeof sighting === 'number' ? sighting : 'waiting';
  }

  const found = await lookFor(client, handle, look, options);
  if (found) return found.made;
  if (sighting === 'absent') return undefined;
  const name = `${handle.owner}/${handle.slug}`;
  const what =
    pending.call === 'create'
      ? `there is a dataset of that name now, but not with the title and exactly the files that were to be sent`
      : `version ${latest} is there now, where ${pending.before} was the last one, but no notes show the mark ${notesWith('', pending.nonce)}`;
  throw new KaggleError(
    `${name}: an earlier run ended while it made ${pending.call === 'create' ? 'the dataset' : 'a version'}, and it ` +
      `cannot be told whether that worked: ${what}. Look at https://www.kaggle.com/datasets/${name}/versions; ` +
      `if what you want is not there, go on with the option resume: false`,
  );
}
