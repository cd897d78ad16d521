import type { KaggleClient } from '../../core/client.ts';
import { closeFiles } from '../../core/transfer/inputs.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { placeFiles } from './directories.ts';
import {
  type ApiCreateDatasetResponse,
  type ApiDataset,
  createDataset,
  createDatasetVersion,
} from './generated/index.ts';
import { latestVersion, lookUp } from './look-up.ts';
import { settle } from './settle.ts';
import type { DatasetContent, DatasetOptions, DatasetVersion, NewDataset, NewVersion } from './types.ts';
import { openDatasetFiles, uploadAll } from './upload-all.ts';
import { validateDataset } from './validate.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/**
 * What create, createVersion and createOrVersion share. `decide` is told what is there already and says what to make,
 * or throws. Everything that can be checked is checked before the first byte is sent, and the version is made only
 * when every file has arrived.
 */
export async function makeVersion(
  client: KaggleClient,
  verb: string,
  dataset: DatasetContent & NewDataset & NewVersion,
  options: DatasetOptions,
  decide: (found: ApiDataset | undefined) => 'create' | 'version',
): Promise<DatasetVersion> {
  validateDataset(dataset);
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  await client.requireCredential(`datasets.${verb}`);
  const { owner, slug } = dataset;
  const handle = { owner, slug };
  const opened = await openDatasetFiles(client, dataset.files);
  try {
    const found = await lookUp(client, handle, { signal });
    const created = decide(found) === 'create';
    const before = latestVersion(found);
    const content = placeFiles(await uploadAll(client, opened, { ...options, signal }));
    const send = () =>
      created
        ? client.call(createDataset, newDataset(dataset, content), { signal, retry: 0 })
        : client.call(createDatasetVersion, newVersion(dataset, content), { signal, retry: 0 });
    const appeared = (now: ApiDataset | undefined) => (created ? now !== undefined : latestVersion(now) > before);
    const answer = await settle(client, handle, appeared, send, { signal, sleep: options.sleep });
    const versionNumber = created ? 1 : await findVersion(client, dataset, before, signal);
    return describe(client, dataset, versionNumber, created, answer);
  } finally {
    await closeFiles(opened);
  }
}

type Content = ReturnType<typeof placeFiles>;

/** What both calls say about the dataset, as the official clients say it. */
function details({ subtitle, description, keywords }: DatasetContent) {
  return {
    ...(subtitle && { subtitle }),
    ...(description && { description }),
    ...(keywords?.length && { categoryIds: [...keywords] }),
  };
}

function newDataset(dataset: DatasetContent & NewDataset, content: Content) {
  return {
    ownerSlug: dataset.owner,
    slug: dataset.slug,
    title: dataset.title ?? dataset.slug,
    ...(dataset.licenseName && { licenseName: dataset.licenseName }),
    isPrivate: dataset.isPrivate ?? true,
    ...content,
    ...details(dataset),
  };
}

function newVersion(dataset: DatasetContent & NewVersion, content: Content) {
  const { owner, slug, notes, deleteOldVersions } = dataset;
  return {
    ownerSlug: owner,
    datasetSlug: slug,
    body: { versionNotes: notes ?? '', deleteOldVersions: deleteOldVersions ?? false, ...content, ...details(dataset) },
  };
}

/**
 * The number of the version just made. The call does not say it: it is one more than before, unless somebody else made
 * one in the same moment; then the notes tell which is ours, if the dataset shows them already.
 */
async function findVersion(
  client: KaggleClient,
  dataset: DatasetContent & NewVersion,
  before: number,
  signal: AbortSignal,
): Promise<number> {
  const now = await lookUp(client, dataset, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    client.log(
      `${dataset.owner}/${dataset.slug}: the version number could not be checked (${(error as Error).message})`,
    );
    return undefined;
  });
  const ours = (now?.versions ?? [])
    .filter((version) => Number(version.versionNumber) > before && version.versionNotes === (dataset.notes ?? ''))
    .map((version) => Number(version.versionNumber));
  return ours.length === 1 ? ours[0]! : before + 1;
}

function describe(
  client: KaggleClient,
  { owner, slug }: DatasetContent,
  versionNumber: number,
  created: boolean,
  answer: ApiCreateDatasetResponse | undefined,
): DatasetVersion {
  const version = { ref: `${owner}/${slug}`, versionNumber };
  return {
    ...version,
    url: answer?.url || `https://www.kaggle.com/datasets/${owner}/${slug}`,
    created,
    invalidTags: answer?.invalidTags ?? [],
    ready: (options) => waitUntilReady(client, version, options),
  };
}
