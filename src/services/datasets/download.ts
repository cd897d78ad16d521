import type { KaggleClient } from '../../core/client.ts';
import { ValidationError } from '../../core/errors.ts';
import type { ByteSink } from '../../core/platform.ts';
import { download as transfer } from '../../core/transfer/download/download.ts';
import type { Existing, LocalFile } from '../../core/transfer/download/local-file.ts';
import { openFolder } from '../../core/transfer/folder.ts';
import { checkNames } from '../../core/transfer/names.ts';
import { writableSink } from '../../core/transfer/stream-sink.ts';
import { checkAnswer } from './download-answer.ts';
import type { DownloadDatasetOptions, DownloadedFile, DownloadTarget } from './download-options.ts';
import { downloadUnpacked } from './download-unpacked.ts';
import { downloadDataset } from './generated/index.ts';
import { type DatasetHandle, type DatasetRef, parseDatasetRef } from './ref.ts';

/**
 * Downloads a dataset: one file of it (`{ owner, slug, file: 'a/b.csv' }`, saved under that name), or all of it as one
 * archive (saved as `{slug}.zip`). The bytes are streamed and checked; in a folder nothing appears under the final name
 * before it is whole, a later call goes on with what one that was cut off has left (`{name}.part`), and a file that is
 * there already is not fetched again. A large file comes over several connections where one is slow. A `WritableStream` gets them unchecked as they come, and is aborted when the check fails.
 *
 * Resolves to a list of one; with `unzip` to the files of the dataset, each verified by the CRC-32 that the archive has
 * of it. Throws `NotFoundError` or `PermissionError` (no such dataset or file), `TransferError`,
 * `IntegrityError`, `ValidationError` for a file name that would leave the folder; an abort keeps its reason.
 */
export async function download(
  client: KaggleClient,
  dataset: DatasetRef | (DatasetHandle & { file?: string }),
  target: DownloadTarget,
  options: DownloadDatasetOptions = {},
): Promise<DownloadedFile[]> {
  const { owner, slug, version } = parseDatasetRef(dataset);
  const file = typeof dataset === 'object' && 'file' in dataset ? dataset.file : undefined;
  if (file !== undefined) checkNames([file]);
  if (options.unzip) return downloadUnpacked(client, { owner, slug, version }, file, target, options);
  const place = openTarget(client, target);
  const { signal, existing = 'check', connections, unzip: _, limits: __, ...rest } = options;
  const request = {
    ownerSlug: owner,
    datasetSlug: slug,
    ...(version !== undefined && { datasetVersionNumber: version }),
    ...(file !== undefined && { fileName: file }),
  };
  const ask = async (headers: Record<string, string>) =>
    checkAnswer(await client.callRaw(downloadDataset, request, { headers, signal }));
  // Asked before anything is opened: a dataset that is not there leaves no trace, and the answer decides on the name.
  let first: Response | undefined = await ask({});
  const name = file === undefined ? `${slug}.zip` : savedName(file, first);
  const from = async (headers: Record<string, string>): Promise<Response> => {
    const answer = first;
    first = undefined;
    return answer ?? ask(headers);
  };
  try {
    const { sink, local } = await place.at(name, existing);
    const limits = { ...(connections !== undefined && { connections }) };
    const result = await transfer(client, from, sink, { ...rest, signal, file: name, local, limits });
    const { size, verified, skipped } = result;
    const path = place.path?.(name);
    return [{ name, ...(path !== undefined && { path }), size, verified, ...(skipped && { skipped }) }];
  } finally {
    first?.body?.cancel().catch(() => undefined);
  }
}

interface Place {
  at(name: string, existing: Existing): Promise<{ sink: ByteSink | (() => Promise<ByteSink>); local?: LocalFile }>;
  path?(name: string): string;
}

function openTarget(client: KaggleClient, target: DownloadTarget): Place {
  if (typeof target === 'object' && target !== null) {
    if ('getWriter' in target) return { at: async (name) => ({ sink: writableSink(target, name) }) };
    if ('write' in target) return { at: async () => ({ sink: target }) };
  }
  if (typeof target !== 'string' && typeof target?.sink !== 'function') {
    throw new ValidationError('the target of a download is a folder, a WritableStream or a ByteSink');
  }
  const folder = openFolder(client, target);
  return { at: folder.place, path: folder.path };
}

/** Kaggle packs some single files: what comes as a zip archive is not saved under the name of what is in it. */
function savedName(file: string, response: Response): string {
  const path = response.url ? new URL(response.url).pathname : '';
  const disposition = response.headers.get('content-disposition') ?? '';
  const zipped = /\.zip$/i.test(path) || /filename\*?=[^;]*\.zip"?\s*(;|$)/i.test(disposition);
  return zipped && !/\.zip$/i.test(file) ? `${file}.zip` : file;
}
