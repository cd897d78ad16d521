import { type ArchiveLimits, limitsField } from '../../../core/archive/limits.ts';
import { type RemoteZip, remoteZip } from '../../../core/archive/zip/remote-zip.ts';
import { isUrl } from '../../../core/file-path.ts';
import { checkCall } from '../../../core/options/check.ts';
import { type Field, name as nameField, needed, secretField } from '../../../core/options/field.ts';
import { byInput, type Fields, shape } from '../../../core/options/shape.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import {
  type OpenRemoteOptions,
  openRemote as open,
  openRemoteFields,
  type RemoteFile,
} from '../../../core/transfer/remote/remote.ts';
import { type DatasetHandle, type DatasetRef, datasetField, parseDatasetRef, refField } from '../ref.ts';
import { datasetContent } from './content.ts';
import { unzipped } from './packed.ts';

/** What `openRemote` opens: a file of a dataset, its whole archive, or any URL that supports Range requests. */
export type RemoteRef = DatasetRef | (DatasetHandle & { file?: string }) | { url: string | URL };

/** The results of `createOrVersion` have a `url` too: that of their page. */
function isAddress(value: unknown): value is { url: string | URL } {
  return typeof value === 'object' && value !== null && 'url' in value && !('ref' in value);
}

/** URLs may be signed: no message shows them. */
const remoteField = (): Field<RemoteRef> =>
  byInput((value) =>
    isAddress(value)
      ? shape({
          url: needed(
            secretField('an http or https URL', (url) => isUrl(url) || (typeof url === 'string' && URL.canParse(url))),
          ),
        })
      : refField({ file: nameField() }),
  );

/**
 * Opens a remote file for random access, without downloading it: `{ owner, slug, file: 'a/b.parquet' }` for a file of a dataset,
 * a dataset alone for its archive, or `{ url }` for a signed URL. Only the parts that are read are fetched, by Range requests.
 *
 * Kaggle zips some files, such as large texts. They are unpacked in memory if they fit into `cacheSize`.
 *
 * @param dataset - The dataset and `file`, or `{ url }`.
 * @returns The file, as a `ByteSource`.
 * @throws `ValidationError` if the reference or the URL is invalid.
 * @throws `NotFoundError` or `PermissionError` if there is no such dataset or file.
 * @throws `TransferError` if the request fails, or if a zipped file is larger than `cacheSize`. Reads throw it too.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { openRemote } from 'kaggle-ts/datasets';
 *
 * const file = await openRemote(createClient(), { owner: 'alice', slug: 'my-points', file: 'points.parquet' });
 * const footer = await file.readRange(file.size - 8, file.size);
 * console.log(footer.length);
 * await file.close();
 * ```
 */
export async function openRemote(
  client: KaggleClient,
  dataset: RemoteRef,
  options: OpenRemoteOptions = {},
): Promise<RemoteFile> {
  checkCall('datasets.openRemote', client, { dataset, options }, { dataset: remoteField, options: openRemoteFields });
  if (isAddress(dataset)) return open(client, { url: new URL(dataset.url).href }, options);
  const handle = parseDatasetRef(dataset);
  const file = typeof dataset === 'object' && 'file' in dataset ? dataset.file : undefined;
  const name = file ?? `${handle.slug}.zip`;
  const source = await open(client, datasetContent(client, handle, file, options.signal), { file: name, ...options });
  if (file === undefined) return source;
  try {
    return await unzipped(client, source, file, options);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Options of `openArchive`. */
export interface OpenArchiveOptions extends OpenRemoteOptions {
  /** Limits for unpacking, against zip bombs. */
  limits?: ArchiveLimits | undefined;
}

const openArchiveFields = (): Fields<OpenArchiveOptions> => ({ ...openRemoteFields(), limits: limitsField() });

/**
 * Opens the archive of a whole dataset without downloading it. Reads its table of contents; `file` and `extract` of the result
 * then fetch only the files you ask for.
 *
 * @returns The archive.
 * @throws `NotFoundError` or `PermissionError` if there is no such dataset.
 * @throws `TransferError` if a request fails, or if the archive is invalid or exceeds `limits`.
 * @throws `ValidationError` if the reference or an option is invalid, or if a file name in the archive is unsafe.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { openArchive } from 'kaggle-ts/datasets';
 *
 * const archive = await openArchive(createClient(), 'alice/my-points');
 * console.log(archive.entries.map(({ name, size }) => `${name}: ${size} bytes`));
 * await archive.extract('./data', '*.csv');
 * await archive.close();
 * ```
 */
export async function openArchive(
  client: KaggleClient,
  dataset: DatasetRef,
  options: OpenArchiveOptions = {},
): Promise<RemoteZip> {
  checkCall(
    'datasets.openArchive',
    client,
    { dataset, options },
    { dataset: datasetField, options: openArchiveFields },
  );
  const { slug } = parseDatasetRef(dataset);
  const { limits, ...remote } = options;
  const source = await openRemote(client, dataset, remote);
  try {
    return await remoteZip(client, source, { file: options.file ?? `${slug}.zip`, limits });
  } catch (error) {
    await source.close();
    throw error;
  }
}
