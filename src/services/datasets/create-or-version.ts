import type { KaggleClient } from '../../core/rpc/client.ts';
import { makeDataset } from './make-dataset.ts';
import type { DatasetContent, DatasetOptions, DatasetVersion, NewDataset, NewVersion } from './types.ts';

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
  return makeDataset(client, 'createOrVersion', dataset, options);
}
