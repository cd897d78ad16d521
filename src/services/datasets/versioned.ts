import { NotFoundError, PermissionError, ValidationError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { OpenedFile } from '../../core/transfer/inputs.ts';
import type { Snapshot, Versioned } from '../versions/index.ts';
import { imageType } from './content-type.ts';
import { isRemembered } from './created.ts';
import { awaitFirstVersion, isFirstProcessing, isOwner } from './first-version.ts';
import { type ApiCreateDatasetResponse, createDataset, createDatasetVersion } from './generated/index.ts';
import { compareListing, type ListedFile, listedPages, type SentFile, sentFile } from './listed.ts';
import { lookUp } from './look-up.ts';
import { detailsOf } from './open-files.ts';
import { type DatasetHandle, formatDatasetRef } from './ref.ts';
import { classifyRefusal, explainRefusal } from './refusals.ts';
import type { DatasetFile, DatasetOptions, WantedDataset } from './types.ts';
import { newDataset, newVersion } from './version-requests.ts';

/** A dataset in the form that `makeVersion` needs. */
export function versionedDataset(
  client: KaggleClient,
  dataset: WantedDataset,
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
      try {
        return await compareFiles(client, dataset, files, signal);
      } catch (error) {
        // Kaggle lists the files only when the version has been processed.
        if (!(error instanceof NotFoundError || error instanceof PermissionError)) throw error;
        await awaitFirstVersion(client, dataset, { ...options, signal });
        return compareFiles(client, dataset, files, signal);
      }
    },
    isNew: () => isRemembered(client, dataset),
    isOwner: (signal) => isOwner(client, dataset, signal),
    isFirstProcessing: (found, signal) => isFirstProcessing(client, dataset, found, signal),
    awaitFirst: (signal) => awaitFirstVersion(client, dataset, { ...options, signal }),
    wrongVerb: (why) => wrongVerb(why, dataset),
    classifyRefusal,
    explain: (refusal, call) => explainRefusal(refusal, call, dataset),
  };
}

/** The error of a verb that does not fit the dataset. */
function wrongVerb(why: 'exists' | 'missing', handle: DatasetHandle): Error {
  const name = formatDatasetRef(handle);
  if (why === 'exists') {
    return new ValidationError(
      `cannot create the dataset ${name}: it already exists; use createVersion or createOrVersion`,
      [{ path: 'slug', message: 'is taken' }],
    );
  }
  return new NotFoundError(
    `cannot create a version of ${name}: the dataset does not exist, you cannot access it, or it was created a moment ago; use ` +
      'create or createOrVersion, or try again in a few minutes',
    { status: 404, method: 'datasets.DatasetApiService/GetDataset' },
  );
}

/** How the files of the first version differ from those to upload, after Kaggle unpacked archives. */
async function compareFiles(
  client: KaggleClient,
  { owner, slug }: WantedDataset,
  files: readonly OpenedFile<DatasetFile>[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const sent: SentFile[] = [];
  for (const file of files) sent.push(await sentFile(client, file));
  const most = sent.reduce((sum, { forms }) => sum + Math.max(...forms.map((form) => form.length)), 0);
  const listed: ListedFile[] = [];
  for await (const page of listedPages(client, { owner, slug, version: 1 }, signal, most + 1)) listed.push(...page);
  const { missing, extra } = compareListing(sent, listed, 'size');
  const show = (names: string[]) =>
    `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;
  const lacks = missing.length > 0 ? [`it is missing ${show(missing)}`] : [];
  const has = extra.length > 0 ? [`it also has ${show(extra)}`] : [];
  return [...lacks, ...has].join(', and ') || undefined;
}
