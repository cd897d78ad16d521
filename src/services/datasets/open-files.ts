import { ValidationError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { type FileInput, type OpenedFile, openFiles } from '../../core/transfer/inputs.ts';
import type { DatasetFile, DatasetFileDetails } from './types.ts';

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

/** What is said of a file beside its content. */
export function detailsOf(input: FileInput): DatasetFileDetails {
  const { description, columns } = (typeof input === 'string' ? {} : input) as DatasetFileDetails;
  return { ...(description !== undefined && { description }), ...(columns && { columns }) };
}
