import { ValidationError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { closeFiles, type FileInput, type OpenedFile, openFiles } from '../../core/transfer/inputs.ts';
import type { FileChooser } from './choose-files.ts';
import type { DatasetContent, DatasetFile, DatasetFileDetails } from './types.ts';

function withDetails(file: OpenedFile<DatasetFile>, details: DatasetFileDetails | undefined): OpenedFile<DatasetFile> {
  if (!details) return file;
  const { name } = file;
  // The content is open already: only the details of the input are still needed.
  return { ...file, input: { name, data: '', ...details, ...detailsOf(file.input) } };
}

/** Opens and checks all files of a dataset, before anything is sent. */
export async function openDatasetFiles(
  client: KaggleClient,
  { files, fileDetails = {} }: Pick<DatasetContent, 'files' | 'fileDetails'>,
  chooser: FileChooser,
): Promise<OpenedFile<DatasetFile>[]> {
  const opened = await openFiles(files, client.platform, chooser.skips);
  chooser.check(opened.map(({ name }) => name));
  const names = new Set(opened.map(({ name }) => name));
  const absent = Object.keys(fileDetails).filter((name) => !names.has(name));
  if (absent.length > 0) {
    await closeFiles(opened);
    const message = `expected names of files in the upload, got ${absent.map((name) => JSON.stringify(name)).join(', ')}`;
    throw new ValidationError(`fileDetails: ${message}`, [{ path: 'fileDetails', message }]);
  }
  return opened.map((file) => withDetails(file, fileDetails[file.name]));
}

/** Description and columns of an input. */
export function detailsOf(input: FileInput): DatasetFileDetails {
  const { description, columns } = (typeof input === 'string' ? {} : input) as DatasetFileDetails;
  return { ...(description !== undefined && { description }), ...(columns && { columns }) };
}
