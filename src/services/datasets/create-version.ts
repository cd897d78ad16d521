import type { KaggleClient } from '../../core/rpc/client.ts';
import { makeDataset } from './make-dataset.ts';
import type { DatasetContent, DatasetOptions, DatasetVersion, NewVersion } from './types.ts';

/**
 * Makes a new version of a dataset, with exactly the given files. Throws `NotFoundError`, before any file is sent, when
 * there is no such dataset for this user; otherwise as `createOrVersion`.
 */
export function createVersion(
  client: KaggleClient,
  dataset: DatasetContent & NewVersion,
  options: DatasetOptions = {},
): Promise<DatasetVersion> {
  return makeDataset(client, 'createVersion', dataset, options);
}
