import { checkCall } from '../../core/options/check.ts';
import type { Fields } from '../../core/options/shape.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { closeFiles } from '../../core/transfer/inputs.ts';
import { joinSignals } from '../../core/transfer/streams.ts';
import { makeVersion, type Verb } from '../versions/index.ts';
import { chooseFiles } from './choose-files.ts';
import { rememberCreated } from './created.ts';
import { datasetVersion } from './dataset-version.ts';
import { openDatasetFiles } from './open-files.ts';
import {
  type DatasetContent,
  type DatasetOptions,
  type DatasetVersion,
  datasetOptionFields,
  type NewDataset,
  type NewVersion,
  type WantedDataset,
} from './types.ts';
import { newDatasetFields, newVersionFields } from './validate.ts';
import { versionedDataset } from './versioned.ts';

/**
 * Uploads files and creates a dataset from them, or a new version if the dataset exists. All or nothing: no version is created
 * unless every file was uploaded. A new dataset is private by default; an existing one keeps its title, license and privacy.
 *
 * If the platform has a state store, calling this again after a crash or an abort resumes the upload, and never creates the
 * same version twice (see `resume`).
 *
 * @param dataset - Owner, slug and files. `title`, `isPrivate` and `licenseName` apply only to a new dataset, `notes` and
 * `deleteOldVersions` only to a new version.
 * @returns The new version. Kaggle still processes it: await its `ready()` before you use it.
 * @throws `ValidationError` if the slug, the title, a file name or an option is invalid. Nothing was sent.
 * @throws `AuthenticationError` if there is no credential.
 * @throws `TransferError` if a file cannot be read or uploaded; `IntegrityError` if the storage received other bytes.
 * @throws `TimeoutError` if the first version is still being processed after `waitForProcessing` seconds.
 * @throws `ApiError` if Kaggle rejects the dataset.
 * @throws `KaggleError` if an earlier run was interrupted, and it is unclear whether it created a version.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { createOrVersion } from 'kaggle-ts/datasets';
 *
 * const client = createClient();
 * const version = await createOrVersion(client, {
 *   owner: 'alice',
 *   slug: 'my-points',
 *   files: ['./data', { name: 'readme.txt', data: 'One row per point.' }],
 *   notes: 'measurements of July',
 * });
 * await version.ready();
 * console.log(version.url);
 * ```
 */
export function createOrVersion(
  client: KaggleClient,
  dataset: DatasetContent & NewDataset & NewVersion,
  options: DatasetOptions = {},
): Promise<DatasetVersion> {
  return make(client, 'createOrVersion', dataset, options, () => ({ ...newDatasetFields(), ...newVersionFields() }));
}

/**
 * Creates a new dataset, private by default. Works like `createOrVersion`, but fails if the dataset exists.
 *
 * @param dataset - Owner, slug and files of the new dataset.
 * @returns The first version. Kaggle still processes it: await its `ready()` before you use it.
 * @throws `ValidationError` if the dataset exists. No file was sent.
 * @throws The errors of `createOrVersion`.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { create } from 'kaggle-ts/datasets';
 *
 * const client = createClient();
 * const dataset = await create(client, {
 *   owner: 'alice',
 *   slug: 'my-points',
 *   title: 'My points',
 *   licenseName: 'CC0-1.0',
 *   files: ['./data/points.csv'],
 * });
 * console.log(dataset.url);
 * ```
 */
export function create(
  client: KaggleClient,
  dataset: DatasetContent & NewDataset,
  options: DatasetOptions = {},
): Promise<DatasetVersion> {
  return make(client, 'create', dataset, options, newDatasetFields);
}

/**
 * Creates a new version of an existing dataset. The version contains exactly the given files: nothing is kept from older
 * versions. Works like `createOrVersion`, but fails if the dataset does not exist.
 *
 * @param dataset - Owner and slug of the dataset, and the files of the version.
 * @returns The new version. Kaggle still processes it: await its `ready()` before you use it.
 * @throws `NotFoundError` if the dataset does not exist or you cannot access it. No file was sent.
 * @throws The errors of `createOrVersion`.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { createVersion } from 'kaggle-ts/datasets';
 *
 * const client = createClient();
 * const version = await createVersion(client, {
 *   owner: 'alice',
 *   slug: 'my-points',
 *   files: ['./data'],
 *   notes: 'fixes the units',
 * });
 * console.log(version.versionNumber);
 * ```
 */
export function createVersion(
  client: KaggleClient,
  dataset: DatasetContent & NewVersion,
  options: DatasetOptions = {},
): Promise<DatasetVersion> {
  return make(client, 'createVersion', dataset, options, newVersionFields);
}

/** Implements the three verbs. Everything that can be checked is checked before the first byte is sent. */
async function make<Wanted extends WantedDataset>(
  client: KaggleClient,
  verb: Verb,
  dataset: Wanted,
  options: DatasetOptions,
  fields: () => Fields<Wanted>,
): Promise<DatasetVersion> {
  checkCall(`datasets.${verb}`, client, { dataset, options }, { dataset: fields, options: datasetOptionFields });
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  await client.requireCredential(`datasets.${verb}`, options);
  const chooser = chooseFiles(client, options);
  const files = await openDatasetFiles(client, dataset, chooser);
  try {
    const thing = versionedDataset(client, dataset, files, options);
    const made = await makeVersion(client, thing, verb, files, { ...options, signal });
    if (made.created) rememberCreated(client, dataset);
    return { ...(await datasetVersion(client, dataset, made, files)), leftOut: chooser.leftOut };
  } finally {
    await closeFiles(files);
  }
}
