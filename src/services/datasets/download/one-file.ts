import { unpackZip } from '../../../core/archive/unpack.ts';
import { streamSink } from '../../../core/bytes/stream-sink.ts';
import { TransferError, ValidationError } from '../../../core/errors.ts';
import { shown } from '../../../core/options/field.ts';
import type { ByteSink } from '../../../core/platform.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { download as transfer } from '../../../core/transfer/download/download.ts';
import type { Existing, LocalFile } from '../../../core/transfer/download/local-file.ts';
import { type Folder, isFolder, type OpenFolder, openFolder } from '../../../core/transfer/folder.ts';
import { foldName } from '../../../core/transfer/names.ts';
import { contentFacts } from '../../../core/transfer/ranged/content.ts';
import { listFiles } from '../list-files.ts';
import type { DatasetHandle } from '../ref.ts';
import { datasetContent } from './content.ts';
import type { DownloadDatasetOptions, DownloadedFile, DownloadTarget } from './options.ts';
import { isPackedEntry, isPackedResponse } from './packed.ts';

/** Where a file goes. */
export interface Destination {
  at(name: string, existing: Existing): Promise<{ sink: ByteSink | (() => Promise<ByteSink>); local?: LocalFile }>;
  path?(name: string): string;
  /** The same destination as a folder, for files that are unpacked during the download. */
  readonly folder: Folder;
}

/** Opens the target of a download: a folder, or a stream or sink for one file. */
export function openDestination(client: KaggleClient, target: DownloadTarget): Destination {
  if (isFolder(target)) return folderDestination(openFolder(client, target), target);
  if (typeof target === 'object' && target !== null) {
    const sink = (name: string): ByteSink | undefined =>
      'getWriter' in target ? streamSink(target, name) : 'write' in target ? target : undefined;
    if ('getWriter' in target || 'write' in target) {
      return { at: async (name) => ({ sink: sink(name)! }), folder: { sink: async (name) => sink(name)! } };
    }
  }
  throw new ValidationError(`expected target to be a folder, a WritableStream or a ByteSink, got ${shown(target)}`);
}

/** Puts each file into a folder. */
export function folderDestination(opened: OpenFolder, folder: Folder): Destination {
  return { at: opened.destination, folder, ...(opened.path && { path: opened.path }) };
}

/** The size of a file in the listing; `undefined` if it is not among the first thousand. */
async function listedSize(client: KaggleClient, handle: DatasetHandle, file: string, signal: AbortSignal | undefined) {
  try {
    for await (const { name, totalBytes } of listFiles(client, handle, { limit: 1000, pageSize: 500, signal }))
      if (name === file) return Number(totalBytes);
  } catch {
    signal?.throwIfAborted();
  }
  return undefined;
}

/** Unpacks the archive that Kaggle made of one file. */
async function unpackOne(
  client: KaggleClient,
  handle: DatasetHandle,
  file: string,
  destination: Destination,
  options: DownloadDatasetOptions,
): Promise<DownloadedFile> {
  const { signal, onProgress, stallTimeout, limits, existing } = options;
  const archive = `${file}.zip`;
  const [unpacked, ...others] = await unpackZip(
    client,
    datasetContent(client, handle, file, signal),
    destination.folder,
    {
      file: archive,
      signal,
      onProgress,
      stallTimeout,
      limits,
      keep: existing !== 'overwrite',
      filter: (name) => isPackedEntry(file, name),
      rename: () => file,
    },
  );
  if (!unpacked || others.length > 0)
    throw new TransferError(`cannot unpack "${archive}": the archive does not contain "${file}"`, { file });
  return { ...unpacked, name: file };
}

/**
 * Downloads one file of a dataset, or the archive of the whole. Kaggle zips some single files: they are unpacked with `unzip`,
 * otherwise saved as `<file>.zip`. `size` is the size in the listing, if known; `others` are the names, folded by `foldName`, of
 * the files with the same destination.
 */
export async function downloadOne(
  client: KaggleClient,
  handle: DatasetHandle,
  file: string | undefined,
  destination: Destination,
  options: DownloadDatasetOptions & { size?: number; others?: ReadonlySet<string> },
): Promise<DownloadedFile> {
  const { existing = 'check', connections, unzip, limits: _, concurrency: __, size: listed, others, ...rest } = options;
  const ask = datasetContent(client, handle, file, rest.signal);
  // Requested before anything is opened: a missing dataset leaves no trace, and the response determines the name.
  let first: Response | undefined = await ask({});
  const from = async (headers: Record<string, string>): Promise<Response> => {
    const answer = first;
    first = undefined;
    return answer ?? ask(headers);
  };
  try {
    const packed = file !== undefined && isPackedResponse(file, first);
    if (packed && unzip) return await unpackOne(client, handle, file, destination, options);
    const name = file === undefined ? `${handle.slug}.zip` : packed ? `${file}.zip` : file;
    if (packed && others?.has(foldName(name))) {
      const message = `cannot save "${file}": Kaggle sends it zipped, and "${name}" is the name of another file; pass { unzip: true }`;
      throw new TransferError(message, { file });
    }
    // Without a checksum, at least compare the length with the listing.
    const { crc32c, md5 } = contentFacts(first.headers).sums;
    const unproven = file !== undefined && !packed && !crc32c && !md5;
    const size = unproven ? (listed ?? (await listedSize(client, handle, file, rest.signal))) : undefined;
    const { sink, local } = await destination.at(name, existing);
    const limits = { ...(connections !== undefined && { connections }) };
    const result = await transfer(client, from, sink, { ...rest, file: name, local, limits, size });
    const path = destination.path?.(name);
    const { verified, skipped } = result;
    return { name, ...(path !== undefined && { path }), size: result.size, verified, ...(skipped && { skipped }) };
  } finally {
    first?.body?.cancel().catch(() => undefined);
  }
}
