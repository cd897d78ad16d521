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
 * Makes a dataset of the files, or a new version of it if it exists; private unless told otherwise. All or nothing: if
 * one file cannot be sent, no version is made. An existing dataset keeps its title, licence and privacy.
 *
 * Throws `ValidationError` (slug, title, names: before anything is sent), `TransferError` and `IntegrityError` for a
 * file, `AuthenticationError` without a credential, `ApiError` for what Kaggle refuses. Aborts keep their reason.
 */
export function createOrVersion(
  client: KaggleClient,
  dataset: DatasetContent & NewDataset & NewVersion,
  options: DatasetOptions = {},
): Promise<DatasetVersion> {
  return make(client, 'createOrVersion', dataset, options, () => ({ ...newDatasetFields(), ...newVersionFields() }));
}

/**
 * Makes a new dataset; private unless told otherwise. Throws `ValidationError`, before any file is sent, when there is
 * one already; otherwise as `createOrVersion`.
 */
export function create(
  client: KaggleClient,
  dataset: DatasetContent & NewDataset,
  options: DatasetOptions = {},
): Promise<DatasetVersion> {
  return make(client, 'create', dataset, options, newDatasetFields);
}

/**
 * Makes a new version of a dataset, with exactly the given files. Throws `NotFoundError`, before any file is sent, when
 * the dataset does not exist for this user; otherwise as `createOrVersion`.
 */
export function createVersion(
  client: KaggleClient,
  dataset: DatasetContent & NewVersion,
  options: DatasetOptions = {},
): Promise<DatasetVersion> {
  return make(client, 'createVersion', dataset, options, newVersionFields);
}

/** What the three share. Everything that can be checked is checked before the first byte is sent. */
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
