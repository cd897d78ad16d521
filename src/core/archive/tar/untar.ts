import { abortable } from '../../abortable.ts';
import { checkCall } from '../../options/check.ts';
import {
  callback,
  type Field,
  having,
  name as nameField,
  needed,
  signal as signalField,
  whole,
} from '../../options/field.ts';
import type { Fields } from '../../options/shape.ts';
import type { ByteSink } from '../../platform.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { type Folder, folderField, type OpenFolder, openFolder } from '../../transfer/folder.ts';
import { createNameCheck } from '../../transfer/names.ts';
import { startProgress } from '../../transfer/progress.ts';
import { joinSignals } from '../../transfer/streams.ts';
import { corruptArchive, unsupportedArchive } from '../archive-error.ts';
import { type ByteCursor, createCursor } from '../byte-cursor.ts';
import { createEntryWriter, writeWhole } from '../entry-writer.ts';
import { gunzip, isInvalidData } from '../inflate.ts';
import { createLanes, type Lanes } from '../lanes.ts';
import { type ArchiveLimits, createGuard, limitsField } from '../limits.ts';
import type { UnpackedFile, UnpackOptions } from '../types.ts';
import { nextHeader, skipPadding, type TarHeader } from './header.ts';

/** Options of `untar`. */
export interface UntarOptions extends Pick<UnpackOptions, 'file' | 'signal' | 'onProgress' | 'concurrency'> {
  /** Limits, against decompression bombs. */
  limits?: ArchiveLimits | undefined;
  /**
   * Unpacks only the files for which it returns `true`.
   * @default all
   */
  filter?: ((name: string) => boolean) | undefined;
  /**
   * Bytes of the stream, for the `total` of progress events.
   * @default unknown
   */
  size?: number | undefined;
}

const untarFields = (): Fields<UntarOptions> => ({
  file: needed(nameField()),
  signal: signalField(),
  onProgress: callback(),
  concurrency: whole(1),
  limits: limitsField(),
  filter: callback(),
  size: whole(0),
});

const streamField = (): Field<ReadableStream<Uint8Array>> => having('a ReadableStream of bytes', 'getReader');

const unsupportedTypes: Record<string, string> = {
  1: 'a hard link',
  2: 'a symbolic link',
  3: 'a device',
  4: 'a device',
  6: 'a pipe',
  S: 'a sparse file',
};

/** Larger files are written while they arrive. */
const smallSize = 2 ** 20;
/** Removes trailing slashes. A regular expression takes quadratic time on a long run of them in the middle. */
function withoutSlashes(name: string): string {
  let end = name.length;
  while (name[end - 1] === '/') end--;
  return name.slice(0, end);
}

async function writeLarge(
  folder: OpenFolder,
  file: string,
  header: TarHeader,
  cursor: ByteCursor,
  signal: AbortSignal,
  moved: () => void,
): Promise<void> {
  let sink: ByteSink | undefined;
  try {
    sink = await folder.sink(header.name);
    const writer = createEntryWriter(sink, file, header.name, header.size);
    for (let remaining = header.size; remaining > 0; ) {
      const chunk = await cursor.some(remaining);
      if (!chunk) throw corruptArchive(file, `the archive is truncated in the middle of "${header.name}"`);
      remaining -= chunk.length;
      moved();
      await writer.take(chunk);
    }
    await writer.finish();
    signal.throwIfAborted();
    await sink.commit({ lastModified: header.lastModified });
  } catch (error) {
    await sink?.abort(error);
    throw error;
  }
}

interface Untarring {
  readonly folder: OpenFolder;
  readonly lanes: Lanes;
  readonly file: string;
  readonly signal: AbortSignal;
  readonly moved: () => void;
}

async function unpackOne(
  { folder, lanes, file, signal, moved }: Untarring,
  header: TarHeader,
  cursor: ByteCursor,
): Promise<void> {
  const { name, size, lastModified } = header;
  if (size > smallSize) return writeLarge(folder, file, header, cursor, signal, moved);
  const data = await cursor.take(size);
  if (data.length < size) throw corruptArchive(file, `the archive is truncated in the middle of "${name}"`);
  await lanes.start(size, (stop) => writeWhole(folder, name, data, lastModified, stop));
}

/**
 * The bytes of a stream, decompressed if the first two bytes are those of gzip. `failure` returns the error of the stream, if any.
 */
async function openCursor(
  { platform }: KaggleClient,
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal,
  moved: (received: number) => void,
): Promise<{ cursor: ByteCursor; packed: boolean; failure: () => unknown; close: (reason?: unknown) => void }> {
  const reader = stream.getReader();
  const close = (reason?: unknown) => void reader.cancel(reason).catch(() => undefined);
  let received = 0;
  let failed: unknown;
  const failure = () => failed;
  const raw = createCursor(async () => {
    const { value } = await abortable(reader.read(), signal).catch((error: unknown) => {
      failed = error;
      throw error;
    });
    received += value?.length ?? 0;
    moved(received);
    return value;
  });
  try {
    const magic = await raw.peek(2);
    if (!(magic[0] === 0x1f && magic[1] === 0x8b)) return { cursor: raw, packed: false, failure, close };
  } catch (error) {
    close(error);
    throw error;
  }
  // Chunks so small that their decompressed form fits into memory, at any ratio.
  const plain = gunzip(platform, () => raw.some(64 * 1024), signal);
  return {
    cursor: createCursor(() => plain.next()),
    packed: true,
    failure,
    close(reason) {
      plain.close(reason);
      close(reason);
    },
  };
}

/**
 * Unpacks a tar or tar.gz archive from a stream into a folder. Supports ustar, pax and GNU formats. A leading `./` of names is
 * dropped. If unpacking fails, files that were complete by then remain.
 *
 * @param stream - The bytes of the archive; gzip is detected.
 * @param target - The path of a folder, or a `FolderSink`.
 * @returns The unpacked files. They are verified by length: tar has no checksums of its files; that of gzip is checked at the end.
 * @throws `ValidationError` if a name is unsafe, such as `../a`, or conflicts with another.
 * @throws `TransferError` if the stream is not a tar archive, is truncated, contains links or devices, or exceeds `limits`.
 * @throws The errors of the stream, and the reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { untar } from 'kaggle-ts/datasets';
 *
 * const { body } = await fetch('https://example.org/points.tar.gz');
 * const files = await untar(createClient(), body!, './data', { file: 'points.tar.gz' });
 * console.log(files.length);
 * ```
 */
export async function untar(
  client: KaggleClient,
  stream: ReadableStream<Uint8Array>,
  target: Folder,
  options: UntarOptions,
): Promise<UnpackedFile[]> {
  checkCall(
    'untar',
    client,
    { stream, target, options },
    { stream: streamField, target: folderField, options: untarFields },
  );
  const { file } = options;
  const signal = joinSignals(client.signal, options.signal);
  signal.throwIfAborted();
  const folder = openFolder(client, target);
  const progress = startProgress(file, 'unpack', options.onProgress);
  const lanes = createLanes(Math.max(1, Math.min(options.concurrency ?? 4, 8)), 8 * 2 ** 20, signal);
  const guard = createGuard(file, options.limits);
  const checkName = createNameCheck();
  let received = 0;
  const { cursor, packed, failure, close } = await openCursor(client, stream, signal, (bytes) => {
    received = bytes;
    progress.report(bytes, options.size);
  });
  const unpacked: UnpackedFile[] = [];
  const global = new Map<string, string>();
  try {
    // The checksum at the end of gzip proves that everything arrived.
    const next = () => nextHeader(file, cursor, global, packed);
    for (let header = await next(); header; header = await next()) {
      const name = withoutSlashes(header.name.replace(/^(?:\.\/+)+/, ''));
      guard.entry();
      if (!'057'.includes(header.type)) {
        throw unsupportedArchive(
          file,
          `"${header.name}" is ${unsupportedTypes[header.type] ?? `an entry of type "${header.type}"`}, which is not supported`,
        );
      }
      const isDirectory = header.type === '5' || header.name.endsWith('/');
      // `./` is the target folder itself.
      if (isDirectory && (name === '' || name === '.')) continue;
      checkName(name, isDirectory);
      const size = isDirectory ? 0 : header.size;
      // The compression ratio is only known as the data arrives.
      guard.bytes(name, size, size);
      guard.watch(name, received, cursor.position);
      const wanted = options.filter?.(name) ?? true;
      if (isDirectory) {
        if (wanted && folder.path) await client.platform.fs?.mkdir(folder.path(name));
      } else if (wanted) {
        const moved = () => guard.watch(name, received, cursor.position);
        await unpackOne({ folder, lanes, file, signal, moved }, { ...header, name, size }, cursor);
        const path = folder.path?.(name);
        unpacked.push({ name, ...(path !== undefined && { path }), size, verified: 'length' });
      } else await cursor.skip(size);
      await skipPadding(cursor, size);
    }
    // Only padding follows; with gzip, the checksum comes last.
    while (await cursor.some(2 ** 20));
    await lanes.finish();
  } catch (error) {
    close(error);
    await lanes.stop(error);
    // Errors of the stream itself are passed on unchanged.
    if (error !== failure() && isInvalidData(error))
      throw corruptArchive(file, 'the compressed data is corrupted or truncated');
    throw error;
  }
  close();
  progress.done(received);
  return unpacked;
}
