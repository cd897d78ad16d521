import { ValidationError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { connections } from '../../core/transfer/budget.ts';
import { type OpenedFile, openFiles } from '../../core/transfer/inputs.ts';
import { pool } from '../../core/transfer/pool.ts';
import type { Journal } from '../../core/transfer/upload/journal.ts';
import { uploadBlob } from '../../core/transfer/upload/upload.ts';
import { imageType } from './content-type.ts';
import type { PlacedFile } from './directories.ts';
import type { DatasetFile, DatasetFileDetails, DatasetOptions } from './types.ts';

/** What the official clients leave in folders for themselves, and version control: no part of the data. */
const folders = new Set(['.git', '.cache', '.huggingface']);
const metadata = new Set(['dataset-metadata.json', 'datapackage.json']);

function isIgnored(name: string): boolean {
  return (
    metadata.has(name) ||
    name
      .split('/')
      .slice(0, -1)
      .some((folder) => folders.has(folder))
  );
}

/** Opens and checks all files of a dataset. Throws before anything is sent. */
export async function openDatasetFiles(
  client: KaggleClient,
  files: readonly DatasetFile[],
): Promise<OpenedFile<DatasetFile>[]> {
  const opened = await openFiles(files, client.platform, (name) => {
    const ignored = isIgnored(name);
    if (ignored) client.log(`not uploaded, as it is no data: ${name}`);
    return ignored;
  });
  if (opened.length > 0) return opened;
  throw new ValidationError('the folder has no files', [{ path: 'files', message: 'must name at least one file' }]);
}

/**
 * Uploads all files, several at a time; the first that fails stops the others. Results in the order of the files. Those
 * that an earlier process sent, as the journal tells, are not sent again.
 */
export function uploadAll(
  client: KaggleClient,
  files: readonly OpenedFile<DatasetFile>[],
  options: DatasetOptions,
  journal: Journal | undefined,
): Promise<PlacedFile[]> {
  const { onProgress, stallTimeout, sleep } = options;
  const concurrency = options.concurrency ?? client.platform.concurrency;
  connections(client, concurrency);
  return pool(
    files,
    concurrency,
    async ({ name, source, identity, input }, _index, signal) => {
      const base = name.slice(name.lastIndexOf('/') + 1);
      const record = await journal?.upload(source, name);
      const { token } = await uploadBlob(
        client,
        source,
        { type: 'DATASET', name: base, contentType: imageType(base) },
        { file: name, identity, signal, onProgress, stallTimeout, sleep, record },
      );
      await source.close?.();
      const { description, columns } = (typeof input === 'string' ? {} : input) as DatasetFileDetails;
      return {
        name,
        file: { token, ...(description !== undefined && { description }), ...(columns && { columns }) },
      };
    },
    options.signal,
  );
}
