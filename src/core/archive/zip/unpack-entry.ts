import { crc32 } from '../../hash/crc32.ts';
import type { Platform } from '../../platform.ts';
import type { OpenFolder } from '../../transfer/folder.ts';
import type { ByteCursor } from '../byte-cursor.ts';
import { checkContent, createEntryWriter, inflateError, writeWhole } from '../entry-writer.ts';
import { inflateStream, inflateWhole } from '../inflate.ts';
import { plainName } from './check.ts';
import { deflated } from './fields.ts';
import type { ZipEntry } from './headers.ts';

/** Where the entries of an archive go, and how. */
export interface Unpacking {
  /** Name of the archive. */
  readonly file: string;
  readonly platform: Platform;
  readonly folder: OpenFolder;
}

/** Entries below both sizes are collected, and decompressed in one step, several at a time. */
const smallPacked = 4 * 2 ** 20;
const smallSize = 8 * 2 ** 20;

export function isSmall({ packedSize, size }: Pick<ZipEntry, 'packedSize' | 'size'>): boolean {
  return packedSize <= smallPacked && size <= smallSize;
}

/**
 * Frees memory immediately instead of waiting for the garbage collector: on Node, the collections caused by many large buffers took
 * a quarter of the time. Leaves shared buffers alone.
 */
function release({ buffer, byteLength }: Uint8Array): void {
  // A partial view may share its buffer with others, such as Node's pool.
  if (!(buffer instanceof ArrayBuffer) || byteLength < buffer.byteLength || byteLength < worthReleasing) return;
  try {
    (buffer as Partial<Pick<ArrayBuffer, 'transfer'>>).transfer?.call(buffer, 0);
  } catch {
    // A buffer that cannot be detached is left to the garbage collector.
  }
}

const worthReleasing = 64 * 1024;

/** Unpacks an entry whose packed bytes are all in memory. `packed` is unusable afterwards. */
export async function unpackSmall(
  { file, platform, folder }: Unpacking,
  entry: ZipEntry,
  packed: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const name = plainName(entry);
  const data =
    entry.method === deflated && entry.packedSize > 0
      ? await inflateWhole(platform, packed, entry.size, signal).catch((error: unknown) => {
          throw inflateError(file, name, error);
        })
      : packed;
  checkContent(file, name, data.length, crc32(data), entry);
  await writeWhole(folder, name, data, entry.lastModified, signal);
  // A custom sink may keep a reference to the data.
  if (folder.path) release(data);
  if (packed !== data) release(packed);
}

/** Unpacks an entry while its bytes arrive at `cursor`, which is at their start, and at their end afterwards. */
export async function unpackLarge(
  { file, platform, folder }: Unpacking,
  entry: ZipEntry,
  cursor: ByteCursor,
  signal: AbortSignal,
  moved: () => void,
): Promise<void> {
  const name = plainName(entry);
  const end = cursor.position + entry.packedSize;
  const feed = async (): Promise<Uint8Array | undefined> => {
    const chunk = cursor.position < end ? await cursor.some(end - cursor.position) : undefined;
    moved();
    return chunk;
  };
  const sink = await folder.sink(name);
  try {
    const writer = createEntryWriter(sink, file, name, entry.size);
    const take = (chunk: Uint8Array) => writer.take(chunk);
    if (entry.method === deflated) {
      await inflateStream(platform, feed, take, signal).catch((error: unknown) => {
        throw inflateError(file, name, error);
      });
    } else {
      for (let chunk = await feed(); chunk; chunk = await feed()) await writer.take(chunk);
    }
    const crc = await writer.finish();
    checkContent(file, name, writer.size, crc, entry);
    signal.throwIfAborted();
    await sink.commit({ lastModified: entry.lastModified });
  } catch (error) {
    await sink.abort(error);
    throw error;
  }
}
