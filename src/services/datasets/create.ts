import type { KaggleClient } from '../../core/rpc/client.ts';
import { makeDataset } from './make-dataset.ts';
import type { DatasetContent, DatasetOptions, DatasetVersion, NewDataset } from './types.ts';

/**
 * Makes a new dataset; private unless told otherwise. Throws `ValidationError`, before any file is sent, when there is
 * one already; otherwise as `createOrVersion`.
 */
export function create(
  client: KaggleClient,
  dataset: DatasetContent & NewDataset,
  options: DatasetOptions = {},
): Promise<DatasetVersion> {
  return makeDataset(client, 'create', dataset, options);
}
