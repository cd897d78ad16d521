import { NotFoundError, ValidationError } from '../../../core/errors.ts';
import { shown } from '../../../core/options/field.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { budgetsOf } from '../../../core/transfer/budget.ts';
import { isFolder, openFolder } from '../../../core/transfer/folder.ts';
import { checkNames, foldName } from '../../../core/transfer/names.ts';
import { matcher } from '../../../core/transfer/pattern.ts';
import { pool } from '../../../core/transfer/pool.ts';
import { getDataset } from '../generated/index.ts';
import { listFiles } from '../list-files.ts';
import type { DatasetHandle } from '../ref.ts';
import { downloadOne, folderDestination } from './one-file.ts';
import type { DownloadDatasetOptions, DownloadedFile, DownloadTarget, FileChoice } from './options.ts';

interface Listed {
  readonly name: string;
  readonly size: number | undefined;
}

async function listAll(
  client: KaggleClient,
  handle: DatasetHandle,
  signal: AbortSignal | undefined,
): Promise<Listed[]> {
  const files = await listFiles(client, handle, { pageSize: 500, signal }).all();
  return files.map(({ name = '', totalBytes }) => ({
    name,
    size: totalBytes === undefined ? undefined : Number(totalBytes),
  }));
}

/**
 * The files of the version that is current now, pinned to its number, so that a version created meanwhile changes nothing. While
 * a newer version is processed it cannot be listed; then the previous one is used, without a number.
 */
async function listCurrent(client: KaggleClient, handle: DatasetHandle, signal: AbortSignal | undefined) {
  const { owner, slug } = handle;
  if (handle.version !== undefined) return { pinned: handle, files: await listAll(client, handle, signal) };
  const { currentVersionNumber } = await client.call(getDataset, { ownerSlug: owner, datasetSlug: slug }, { signal });
  const version = Number(currentVersionNumber ?? 0);
  try {
    if (version > 0) {
      const pinned = { owner, slug, version };
      return { pinned, files: await listAll(client, pinned, signal) };
    }
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    client.log(`${owner}/${slug}: version ${version} cannot be listed yet; downloading the one before`);
  }
  return { pinned: handle, files: await listAll(client, handle, signal) };
}

/** Selects files by folder and pattern. Throws `ValidationError` for an invalid choice. */
function fileFilter({ folder, pattern }: FileChoice): (name: string) => boolean {
  if (folder !== undefined && /^\/*$/.test(folder)) {
    throw new ValidationError(`expected folder to be a name such as "a/b", got ${shown(folder)}`, [
      { path: 'folder', message: 'is not a folder name' },
    ]);
  }
  const prefix = folder === undefined ? '' : `${folder.replace(/^\/+|\/+$/g, '')}/`;
  const wanted = pattern === undefined ? undefined : matcher(pattern);
  return (name) => name.startsWith(prefix) && (wanted?.(name) ?? true);
}

/** Downloads the files of a folder, or those that match a pattern, several at once. */
export async function downloadFiles(
  client: KaggleClient,
  handle: DatasetHandle,
  choice: FileChoice,
  target: DownloadTarget,
  options: DownloadDatasetOptions,
): Promise<DownloadedFile[]> {
  const isWanted = fileFilter(choice);
  if (!isFolder(target))
    throw new ValidationError('downloading several files needs a folder as target; pass a path or a FolderSink');
  const { signal, concurrency = client.platform.concurrency } = options;
  const opened = openFolder(client, target);
  const { pinned, files } = await listCurrent(client, handle, signal);
  const wanted = files.filter(({ name }) => isWanted(name));
  if (wanted.length === 0 && choice.folder !== undefined && choice.pattern === undefined) {
    throw new NotFoundError(
      `the dataset ${handle.owner}/${handle.slug} has no folder ${JSON.stringify(choice.folder)}`,
      {
        status: 404,
        method: 'datasets.DatasetApiService/ListDatasetFiles',
      },
    );
  }
  if (wanted.length === 0 && choice.pattern !== undefined && files.length > 0) {
    client.platform.log?.(
      `kaggle-ts: none of the ${files.length} files of ${handle.owner}/${handle.slug} matches the pattern ${choice.pattern}`,
    );
  }
  const names = wanted.map(({ name }) => name);
  // Files that are not downloaded cannot conflict.
  checkNames(names);
  opened.expect(names);
  budgetsOf(client).connections.widen(concurrency);
  const destination = folderDestination(opened, target);
  const others = new Set(names.map(foldName));
  return pool(
    wanted,
    concurrency,
    ({ name, size }, _index, stop) =>
      downloadOne(client, pinned, name, destination, {
        ...options,
        signal: stop,
        others,
        ...(size !== undefined && { size }),
      }),
    signal,
  );
}
