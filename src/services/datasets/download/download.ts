import { unpackZip } from '../../../core/archive/unpack.ts';
import { ValidationError } from '../../../core/errors.ts';
import { checkCall } from '../../../core/options/check.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { isFolder } from '../../../core/transfer/folder.ts';
import { checkNames } from '../../../core/transfer/names.ts';
import { type DatasetHandle, type DatasetRef, parseDatasetRef, refField } from '../ref.ts';
import { datasetContent } from './content.ts';
import { downloadOne, openDestination } from './one-file.ts';
import {
  choiceFields,
  type DownloadDatasetOptions,
  type DownloadedFile,
  type DownloadTarget,
  downloadFields,
  type FileChoice,
  targetField,
} from './options.ts';
import { downloadFiles } from './several-files.ts';

/**
 * Downloads a dataset, or a part of it, and verifies the bytes.
 *
 * What is downloaded depends on `dataset`: one file (`{ owner, slug, file: 'a/b.csv' }`), the files of a folder
 * (`{ owner, slug, folder: 'a' }`), the files that match a pattern (`{ owner, slug, pattern: '*.csv' }`), or else the whole
 * dataset as one archive, saved as `{slug}.zip` or unpacked with `unzip: true`. Files keep their names.
 *
 * In a folder, a file appears under its final name only when it is complete and verified. Until then it is `{name}.part`, and
 * a later call resumes it. Existing files that match the server's are not downloaded again. A `WritableStream` receives bytes
 * before they are verified, and is aborted if the verification fails.
 *
 * Kaggle zips some single files, such as large texts. They are saved as `{name}.zip`, or unpacked with `unzip: true`.
 *
 * @param dataset - The dataset, and which part of it.
 * @param target - The path of a folder, a `FolderSink`, or for one file a `WritableStream` or `ByteSink`.
 * @returns The files that are now in the target, each with how it was verified.
 * @throws `ValidationError` if an option is invalid, or if a file name is unsafe, such as `../a.csv`.
 * @throws `NotFoundError` or `PermissionError` if there is no such dataset, version, file or folder.
 * @throws `TransferError` if the transfer fails after all retries, or the archive cannot be unpacked.
 * @throws `IntegrityError` if the bytes do not match the checksum, also after downloading them again.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { download } from 'kaggle-ts/datasets';
 *
 * const client = createClient();
 * await download(client, 'alice/my-points', './data', { unzip: true });
 * const [file] = await download(client, { owner: 'alice', slug: 'my-points', file: 'points.csv' }, './data');
 * console.log(file?.path, file?.verified);
 * ```
 */
export async function download(
  client: KaggleClient,
  dataset: DatasetRef | (DatasetHandle & FileChoice),
  target: DownloadTarget,
  options: DownloadDatasetOptions = {},
): Promise<DownloadedFile[]> {
  checkCall(
    'datasets.download',
    client,
    { dataset, target, options },
    { dataset: () => refField<typeof dataset>(choiceFields()), target: targetField, options: downloadFields },
  );
  const { owner, slug, version } = parseDatasetRef(dataset);
  const handle = { owner, slug, ...(version !== undefined && { version }) };
  const { file, folder, pattern }: FileChoice =
    typeof dataset === 'object' && 'owner' in dataset ? (dataset as FileChoice) : {};
  if (folder !== undefined || pattern !== undefined) {
    if (file !== undefined)
      throw new ValidationError('cannot combine file with folder or pattern; pass file alone, or folder and pattern');
    return downloadFiles(client, handle, { folder, pattern }, target, options);
  }
  if (file !== undefined) checkNames([file]);
  const destination = openDestination(client, target);
  if (file !== undefined || !options.unzip) return [await downloadOne(client, handle, file, destination, options)];
  if (!isFolder(target)) throw new ValidationError('unzip needs a folder as target; pass a path or a FolderSink');
  const { signal, onProgress, stallTimeout, limits, existing } = options;
  return unpackZip(client, datasetContent(client, handle, undefined, signal), target, {
    file: `${slug}.zip`,
    signal,
    onProgress,
    stallTimeout,
    limits,
    keep: existing !== 'overwrite',
  });
}
