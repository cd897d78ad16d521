import { KaggleError } from '../../core/errors.ts';
import type { ByteSource } from '../../core/platform.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Sleep } from '../../core/transfer/pause.ts';
import type { ApiDataset } from './generated/index.ts';
import { compareListing, type ListedFile, listedPages, type SentFile, sentFile } from './listed.ts';
import { latestVersion } from './look-up.ts';
import { notesWith, type Pending, type Sighting, sightVersion } from './pending.ts';
import type { DatasetHandle } from './ref.ts';
import { lookFor } from './settle.ts';

/** What a dataset that an earlier process wanted to make must look like. */
export interface Expected {
  readonly title: string;
  readonly files: readonly { readonly name: string; readonly source: ByteSource }[];
}

/**
 * `undefined` if the first version of the dataset has our title and exactly our files, as Kaggle unpacks them: then it is
 * ours. Else in what it differs.
 */
export async function isOurs(
  client: KaggleClient,
  { owner, slug }: DatasetHandle,
  dataset: ApiDataset,
  expected: Expected,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (dataset.title !== expected.title) return `its title is ${JSON.stringify(dataset.title)}`;
  const sent: SentFile[] = [];
  for (const file of expected.files) sent.push(await sentFile(client, file));
  const most = sent.reduce((sum, { forms }) => sum + Math.max(...forms.map((form) => form.length)), 0);
  const listed: ListedFile[] = [];
  for await (const page of listedPages(client, { owner, slug, version: 1 }, signal, most + 1)) listed.push(...page);
  const { missing, extra } = compareListing(sent, listed, 'size');
  const show = (names: string[]) => `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`;
  const lacks = missing.length > 0 ? [`it lacks ${show(missing)}`] : [];
  const has = extra.length > 0 ? [`it has ${show(extra)}, which is not ours`] : [];
  return [...lacks, ...has].join(', and ') || undefined;
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
  let differs: string | undefined;

  async function look(dataset: ApiDataset | undefined): Promise<number | 'waiting'> {
    latest = latestVersion(dataset);
    if (pending.call === 'version') sighting = sightVersion(dataset, pending);
    else if (!dataset) sighting = 'absent';
    else {
      differs = await isOurs(client, handle, dataset, expected, options.signal);
      sighting = differs === undefined ? 1 : 'unclear';
    }
    return typeof sighting === 'number' ? sighting : 'waiting';
  }

  const found = await lookFor(client, handle, look, options);
  if (found) return found.made;
  if (sighting === 'absent') return undefined;
  const name = `${handle.owner}/${handle.slug}`;
  const what =
    pending.call === 'create'
      ? `there is a dataset of that name now, but not with the title and exactly the files that were to be sent: ${differs}`
      : `version ${latest} is there now, where ${pending.before} was the last one, but no notes show the mark ${notesWith('', pending.nonce)}`;
  throw new KaggleError(
    `${name}: an earlier run ended while it made ${pending.call === 'create' ? 'the dataset' : 'a version'}, and it ` +
      `cannot be told whether that worked: ${what}. Look at https://www.kaggle.com/datasets/${name}/versions; ` +
      `if what you want is not there, go on with the option resume: false`,
  );
}
