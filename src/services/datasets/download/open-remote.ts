import type { ArchiveLimits } from '../../../core/archive/limits.ts';
import { type RemoteZip, remoteZip } from '../../../core/archive/zip/remote-zip.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { type OpenRemoteOptions, openRemote as open, type RemoteFile } from '../../../core/transfer/remote/remote.ts';
import { type DatasetHandle, type DatasetRef, parseDatasetRef } from '../ref.ts';
import { datasetContent } from './content.ts';
import { withoutPacking } from './packed.ts';

/**
 * Opens one file of a dataset (`{ owner, slug, file: 'a/b.parquet' }`), the archive of all of it, or what is
 * at a signed address (`{ url }`), without downloading it: only the parts that are read are fetched. See `RemoteFile`. A file
 * that Kaggle packs (large texts) is unpacked in memory instead, if it has no more than `cacheSize` bytes.
 *
 * Throws `NotFoundError` or `PermissionError` (no such dataset or file), `TransferError`, also for a larger packed file,
 * `ValidationError` for an invalid address; an abort keeps its reason.
 */
export async function openRemote(
  client: KaggleClient,
  dataset: DatasetRef | (DatasetHandle & { file?: string }) | { url: string },
  options: OpenRemoteOptions = {},
): Promise<RemoteFile> {
  if (typeof dataset === 'object' && 'url' in dataset) return open(client, { url: dataset.url }, options);
  const handle = parseDatasetRef(dataset);
  const file = typeof dataset === 'object' && 'file' in dataset ? dataset.file : undefined;
  const name = file ?? `${handle.slug}.zip`;
  const source = await open(client, datasetContent(client, handle, file, options.signal), { file: name, ...options });
  if (file === undefined) return source;
  try {
    return await withoutPacking(client, source, file, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

export interface OpenArchiveOptions extends OpenRemoteOptions {
  /** What the archive may at most become. */
  limits?: ArchiveLimits;
}

/**
 * Opens the archive of a whole dataset without downloading it: its directory is read, and then only the files that are
 * asked for. See `RemoteZip`. Throws as `openRemote`, and `TransferError` or `ValidationError` for an archive that
 * would not be unpacked.
 */
export async function openArchive(
  client: KaggleClient,
  dataset: DatasetRef,
  options: OpenArchiveOptions = {},
): Promise<RemoteZip> {
  const { slug } = parseDatasetRef(dataset);
  const source = await openRemote(client, dataset, options);
  try {
    return await remoteZip(client, source, { file: options.file ?? `${slug}.zip`, limits: options.limits });
  } catch (error) {
    await source.close();
    throw error;
  }
}
