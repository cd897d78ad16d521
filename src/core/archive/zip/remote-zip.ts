import { ValidationError } from '../../errors.ts';
import { crc32 } from '../../hash/crc32.ts';
import { checkCall } from '../../options/check.ts';
import { type Field, field, flag, having, list, name as nameField, text } from '../../options/field.ts';
import { byInput, type Fields } from '../../options/shape.ts';
import { transferFields } from '../../options/transfer.ts';
import type { ByteSource } from '../../platform.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { type Folder, folderField, openFolder } from '../../transfer/folder.ts';
import { matcher, patternField } from '../../transfer/pattern.ts';
import { startProgress } from '../../transfer/progress.ts';
import type { RangeReader } from '../../transfer/remote/range-reader.ts';
import type { RemoteObject } from '../../transfer/remote/remote-object.ts';
import { joinSignals } from '../../transfer/streams.ts';
import { createCursor } from '../byte-cursor.ts';
import { checkContent, corruptEntry, inflateError } from '../entry-writer.ts';
import { type ArchiveLimits, limitsField } from '../limits.ts';
import type { UnpackedFile, UnpackOptions } from '../types.ts';
import { plainName } from './check.ts';
import { deflated } from './fields.ts';
import type { ZipEntry } from './headers.ts';
import { openDirectory, skipToData, unpackEntries } from './unpack-ranged.ts';

/** Options of `remoteZip`. */
export interface RemoteZipOptions {
  /**
   * Name of the archive in progress events and errors.
   * @default the name of the source
   */
  file?: string | undefined;
  /** Limits, against zip bombs. */
  limits?: ArchiveLimits | undefined;
}

/** A file in a zip archive. */
export interface ArchiveEntry {
  /** With `/` between folders. */
  name: string;
  /** Unpacked size in bytes. */
  size: number;
  /** Size in the archive, in bytes. */
  packedSize: number;
  /** CRC-32 of the unpacked bytes. */
  crc32: number;
  /** Modification time. Archives without a UTC time have the local time of their creator, which is read as UTC. */
  lastModified: Date | undefined;
}

/** Options of `RemoteZip.extract`. */
export type ExtractOptions = Omit<UnpackOptions, 'file' | 'limits' | 'filter' | 'rename' | 'stallTimeout' | 'retries'>;

/** Which files to extract: a list of names, a `RegExp`, or a glob such as `*.csv`. */
export type EntryChoice = readonly string[] | RegExp | string;

const remoteZipFields = (): Fields<RemoteZipOptions> => ({ file: nameField(), limits: limitsField() });

const extractFields = (): Fields<ExtractOptions> => ({
  ...transferFields(),
  complete: field('a Set of names', (value) => value instanceof Set),
  keep: flag(),
});

const choiceField = (): Field<EntryChoice> =>
  byInput((value) => (Array.isArray(value) ? list('strings', text()) : patternField()));

/** A zip archive whose files are read one by one. */
export interface RemoteZip {
  /** All files, without folders. */
  readonly entries: readonly ArchiveEntry[];
  /**
   * Streams the unpacked content of one file.
   * @throws `ValidationError` if there is no such file. The stream fails with `IntegrityError` if the content is corrupted.
   */
  file(name: string): ReadableStream<Uint8Array>;
  /**
   * Unpacks files into a folder, by fetching only their parts of the archive.
   * @param folder - The path of a folder, or a `FolderSink`.
   * @param which - Which files; all by default.
   * @throws `ValidationError` if a given name is not in the archive.
   * @throws `TransferError` or `IntegrityError` if a file cannot be read or is corrupted.
   */
  extract(folder: Folder, which?: EntryChoice, options?: ExtractOptions): Promise<UnpackedFile[]>;
  /** Closes the source; later reads fail. */
  close(): Promise<void>;
}

/** Adapts a source to the interface for reading ranges. */
function rangesOf(source: ByteSource): Pick<RemoteObject, 'size' | 'range'> {
  return {
    size: source.size,
    range(start, end, signal): RangeReader {
      let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
      return {
        async next() {
          signal?.throwIfAborted();
          reader ??= (await source.slice(start, end)).getReader();
          return (await reader.read()).value;
        },
        cancel: () => void reader?.cancel().catch(() => undefined),
      };
    },
  };
}

/** Passes bytes through and fails at the end unless size and CRC-32 match the entry. */
function checking(file: string, name: string, entry: ZipEntry): TransformStream<Uint8Array, Uint8Array> {
  let size = 0;
  let crc = 0;
  return new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > entry.size) throw corruptEntry(file, name, `expected ${entry.size} bytes, got more`);
      crc = crc32(chunk, crc);
      controller.enqueue(chunk);
    },
    flush() {
      checkContent(file, name, size, crc, entry);
    },
  });
}

/** The compressed bytes of an entry. */
function packedStream(
  file: string,
  object: Pick<RemoteObject, 'range'>,
  entry: ZipEntry,
  limit: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = object.range(entry.offset, limit);
  const cursor = createCursor(() => reader.next(), entry.offset);
  let end: number | undefined;
  return new ReadableStream(
    {
      async pull(controller) {
        if (end === undefined) {
          await skipToData(file, entry, limit, cursor);
          end = cursor.position + entry.packedSize;
        }
        const chunk = end > cursor.position ? await cursor.some(end - cursor.position) : undefined;
        if (chunk) controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
        else {
          reader.cancel();
          controller.close();
        }
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  );
}

/** Decompresses a stream; errors name the entry. */
function inflated(file: string, name: string, packed: ReadableStream<Uint8Array<ArrayBuffer>>) {
  const reader = packed.pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read().catch((error: unknown) => {
          throw inflateError(file, name, error);
        });
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

/**
 * Opens a zip archive in any `ByteSource`, such as the result of `openRemote`, by reading its table of contents. All names, types
 * and sizes are checked first.
 *
 * @param client - Provides the platform and the default signal.
 * @param source - The bytes of the archive.
 * @throws `TransferError` if it is not a zip archive, is encrypted, contains links, or exceeds `limits`.
 * @throws `ValidationError` if a name is unsafe, such as `../a`, or conflicts with another.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { openRemote, remoteZip } from 'kaggle-ts/datasets';
 *
 * const client = createClient();
 * const source = await openRemote(client, { owner: 'alice', slug: 'my-points', file: 'raw.zip' });
 * const archive = await remoteZip(client, source);
 * console.log(await new Response(archive.file('readme.txt')).text());
 * ```
 */
export async function remoteZip(
  client: KaggleClient,
  source: ByteSource,
  options: RemoteZipOptions = {},
): Promise<RemoteZip> {
  checkCall(
    'remoteZip',
    client,
    { source, options },
    { source: () => having<ByteSource>('a ByteSource', 'slice'), options: remoteZipFields },
  );
  const { file = source.name ?? 'archive', limits } = options;
  const object = rangesOf(source);
  const directory = await openDirectory(file, object, undefined, limits);
  const files = new Map(
    directory.entries.filter((entry) => !entry.isDirectory).map((entry) => [plainName(entry), entry] as const),
  );
  const sorted = directory.entries.toSorted((a, b) => a.offset - b.offset);
  const ends = new Map(sorted.map((entry, index) => [entry, sorted[index + 1]?.offset ?? directory.start]));
  const find = (name: string): ZipEntry => {
    const entry = files.get(name);
    if (entry) return entry;
    throw new ValidationError(
      `cannot read ${JSON.stringify(name)} from "${file}": the archive has no such file; entries lists all names`,
    );
  };

  return {
    entries: [...files].map(([name, { size, packedSize, crc32: sum, lastModified }]) => ({
      name,
      size,
      packedSize,
      crc32: sum,
      lastModified,
    })),
    file(name) {
      const entry = find(name);
      const packed = packedStream(file, object, entry, ends.get(entry)!);
      const plain = entry.method === deflated ? inflated(file, name, packed) : packed;
      return (plain as ReadableStream<Uint8Array>).pipeThrough(checking(file, name, entry));
    },
    async extract(folder, which, own = {}) {
      checkCall(
        'extract',
        client,
        { folder, which: which ?? [], options: own },
        { folder: folderField, which: choiceField, options: extractFields },
      );
      const names = Array.isArray(which) ? new Set<string>(which) : undefined;
      for (const name of names ?? []) find(name);
      const fits = which === undefined || names ? undefined : matcher(which as RegExp | string);
      const signal = joinSignals(client.signal, own.signal);
      signal.throwIfAborted();
      const to = { file, platform: client.platform, folder: openFolder(client, folder) };
      return unpackEntries(to, object, directory, {
        ...own,
        file,
        signal,
        progress: startProgress(file, 'unpack', own.onProgress),
        filter: (name) => fits?.(name) ?? names?.has(name) ?? true,
      });
    },
    close: async () => source.close?.(),
  };
}
