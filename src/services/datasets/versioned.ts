import type { KaggleClient } from '../../core/rpc/client.ts';
import type { OpenedFile } from '../../core/transfer/inputs.ts';
import type { Snapshot, Versioned } from '../versions/index.ts';
import { imageType } from './content-type.ts';
import { isRemembered } from './created.ts';
import { wrongVerb } from './decide.ts';
import { awaitFirstVersion, isFirstInWork, isOwner } from './first-version.ts';
import { type ApiCreateDatasetResponse, createDataset, createDatasetVersion } from './generated/index.ts';
import { compareListing, type ListedFile, listedPages, type SentFile, sentFile } from './listed.ts';
import { lookUp } from './look-up.ts';
import { detailsOf } from './open-files.ts';
import { formatDatasetRef } from './ref.ts';
import { explainRefusal, meaningOf } from './refusals.ts';
import type { DatasetContent, DatasetFile, DatasetOptions, NewDataset, NewVersion } from './types.ts';
import { newDataset, newVersion } from './version-requests.ts';

export type Wanted = DatasetContent & NewDataset & NewVersion;

/** A dataset as `makeVersion` sees it. */
export function versionedDataset(
  client: KaggleClient,
  dataset: Wanted,
  files: readonly OpenedFile<DatasetFile>[],
  options: DatasetOptions,
): Versioned<ApiCreateDatasetResponse> {
  const name = formatDatasetRef(dataset);
  const title = dataset.title ?? dataset.slug;
  return {
    kind: 'dataset',
    name,
    page: `https://www.kaggle.com/datasets/${name}`,
    title,
    notes: dataset.notes ?? '',
    blob: (base) => ({ type: 'DATASET', name: base, contentType: imageType(base) }),
    hasDetails: (input) => Object.keys(detailsOf(input)).length > 0,
    lookUp: (signal) => lookUp(client, dataset, signal),
    create: (stored, signal) => client.call(createDataset, newDataset(dataset, stored), { signal, retry: 0 }),
    addVersion: (stored, notes, signal) =>
      client.call(createDatasetVersion, newVersion(dataset, stored, notes), { signal, retry: 0 }),
    async compareFirst(found: Snapshot, signal: AbortSignal) {
      if (found.title !== title) return `its title is ${JSON.stringify(found.title)}`;
      return compareFiles(client, dataset, files, signal);
    },
    isNew: () => isRemembered(client, dataset),
    isOwner: (signal) => isOwner(client, dataset, signal),
    isFirstInWork: (found, signal) => isFirstInWork(client, dataset, found, signal),
    awaitFirst: (signal) => awaitFirstVersion(client, dataset, { ...options, signal }),
    wrongVerb: (why) => wrongVerb(why, dataset),
    meaningOf,
    explain: (refusal, call) => explainRefusal(refusal, call, dataset),
  };
}

/** In what the files of the first version differ from those that are to be sent, as Kaggle unpacks them. */
async function compareFiles(
  client: KaggleClient,
  { owner, slug }: Wanted,
  files: readonly OpenedFile<DatasetFile>[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const sent: SentFile[] = [];
  for (const file of files) sent.push(await sentFile(client, file));
  const most = sent.reduce((sum, { forms }) => sum + Math.max(...forms.map((form) => form.length)), 0);
  const listed: ListedFile[] = [];
  for await (const page of listedPages(client, { owner, slug, version: 1 }, signal, most + 1)) listed.push(...page);
  const { missing, extra } = compareListing(sent, listed, 'size');
  const show = (names: string[]) => `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', ...' : ''}`;
  const lacks = missing.length > 0 ? [`it lacks ${show(missing)}`] : [];
  const has = extra.length > 0 ? [`it has ${show(extra)}, which is not ours`] : [];
  return [...lacks, ...has].join(', and ') || undefined;
}
