import { unpackZip } from '../../../core/archive/unpack.ts';
import { ValidationError } from '../../../core/errors.ts';
import { checkCall } from '../../../core/options/check.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { isFolder } from '../../../core/transfer/folder.ts';
import { checkNames } from '../../../core/transfer/names.ts';
import { type DatasetHandle, type DatasetRef, parseDatasetRef, refField } from '../ref.ts';
import { datasetContent } from './content.ts';
import { downloadOne, openPlace } from './one-file.ts';
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
 * Downloads a dataset: one file of it (`{ owner, slug, file: 'a/b.csv' }`), the files of a folder (`{ owner, slug,
 * folder: 'a' }`) or those whose names match (`{ owner, slug, pattern: /\.csv$/ }`), each saved under its name in the
 * dataset, or all of it as one archive (saved as `{slug}.zip`). The bytes are streamed and checked; in a folder nothing
 * appears under the final name before it is whole, a later call resumes one that was cut off
 * (`{name}.part`), and a file that is there already is not fetched again. A large file comes over several connections
 * where one is slow. A `WritableStream` gets the bytes unchecked as they come, and is aborted when the check fails.
 *
 * Kaggle packs some single files, such as large texts: such a file is saved as `{name}.zip`, or under its own name with
 * `unzip`. With `unzip` a whole dataset is unpacked on the way.
 *
 * Resolves to what is there now: `name`, `size`, and by what it was `verified`. Throws `NotFoundError` or
 * `PermissionError` (no such dataset, file or folder), `TransferError`, `IntegrityError`, `ValidationError` for a file name
 * that would leave the folder; an abort keeps its reason.
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
  const place = openPlace(client, target);
  if (file !== undefined || !options.unzip) return [await downloadOne(client, handle, file, place, options)];
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
