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
import { withoutPacking } from './packed.ts';

export type RemoteRef = DatasetRef | (DatasetHandle & { file?: string }) | { url: string | URL };

/** Results of `createOrVersion` have an address too, that of their page. */
function isAddress(value: unknown): value is { url: string | URL } {
  return typeof value === 'object' && value !== null && 'url' in value && !('ref' in value);
}

/** No message shows an address that may be signed. */
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
 * Opens one file of a dataset (`{ owner, slug, file: 'a/b.parquet' }`), the archive of all of it, or what is
 * at a signed address (`{ url }`), without downloading it: only the parts that are read are fetched. See `RemoteFile`. A file
 * that Kaggle packs (large texts) is unpacked in memory instead, if it has no more than `cacheSize` bytes.
 *
 * Throws `NotFoundError` or `PermissionError` (no such dataset or file), `TransferError`, also for a larger packed file,
 * `ValidationError` for an invalid address; an abort keeps its reason.
 */
export async function openRemote(
  client: KaggleClient,
  dataset: RemoteRef,
  options: OpenRemoteOptions = {},
): Promise<RemoteFile> {
  checkCall('datasets.openRemote', client, { dataset, options }, { dataset: remoteField, options: openRemoteFields });
  if (isAddress(dataset)) return open(client, { url: String(dataset.url) }, options);
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
  limits?: ArchiveLimits | undefined;
}

const openArchiveFields = (): Fields<OpenArchiveOptions> => ({ ...openRemoteFields(), limits: limitsField() });

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
