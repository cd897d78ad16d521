import { ValidationError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { closeFiles, type FileInput, type OpenedFile, openFiles } from '../../core/transfer/inputs.ts';
import type { DatasetContent, DatasetFile, DatasetFileDetails } from './types.ts';

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

function withDetails(file: OpenedFile<DatasetFile>, details: DatasetFileDetails | undefined): OpenedFile<DatasetFile> {
  if (!details) return file;
  const { name } = file;
  // Its content is open by now: of the input, only what it says counts.
  return { ...file, input: { name, data: '', ...details, ...detailsOf(file.input) } };
}

/** Opens and checks all files of a dataset. Throws before anything is sent. */
export async function openDatasetFiles(
  client: KaggleClient,
  { files, fileDetails = {} }: Pick<DatasetContent, 'files' | 'fileDetails'>,
): Promise<OpenedFile<DatasetFile>[]> {
  const opened = await openFiles(files, client.platform, (name) => {
    const ignored = isIgnored(name);
    if (ignored) client.log(`not uploaded, as it is no data: ${name}`);
    return ignored;
  });
  const names = new Set(opened.map(({ name }) => name));
  const absent = Object.keys(fileDetails).filter((name) => !names.has(name));
  if (opened.length > 0 && absent.length > 0) {
    await closeFiles(opened);
    const message = `speaks of files that are not there: ${absent.join(', ')}`;
    throw new ValidationError(`fileDetails ${message}`, [{ path: 'fileDetails', message }]);
  }
  if (opened.length > 0) return opened.map((file) => withDetails(file, fileDetails[file.name]));
  throw new ValidationError('the folder has no files', [{ path: 'files', message: 'must name at least one file' }]);
}

/** What is said of a file beside its content. */
export function detailsOf(input: FileInput): DatasetFileDetails {
  const { description, columns } = (typeof input === 'string' ? {} : input) as DatasetFileDetails;
  return { ...(description !== undefined && { description }), ...(columns && { columns }) };
}
