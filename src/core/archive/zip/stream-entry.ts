import type { NameCheck } from '../../transfer/names.ts';
import { corruptArchive } from '../archive-error.ts';
import type { ByteCursor } from '../byte-cursor.ts';
import { checkContent, createEntryWriter, inflateError } from '../entry-writer.ts';
import { inflateStream } from '../inflate.ts';
import type { Lanes } from '../lanes.ts';
import type { Guard } from '../limits.ts';
import { checkEntry, plainName } from './check.ts';
import { readDescribed } from './descriptor.ts';
import { deflated, stored } from './fields.ts';
import { type LocalHeader, localHeaderLength, localHeaderSize, readLocal, type ZipEntry } from './headers.ts';
import { isSmall, type Unpacking, unpackLarge, unpackSmall } from './unpack-entry.ts';

interface EntryContext {
  readonly lanes: Lanes;
  readonly guard: Guard;
  readonly checkName: NameCheck;
  readonly wanted: (name: string) => boolean;
  readonly moved: () => void;
  readonly signal: AbortSignal;
}

const cut = (file: string, name: string) => corruptArchive(file, `the archive is truncated in the middle of "${name}"`);

/** Unpacks or skips the entry whose local header starts at `cursor`, and returns it. */
export async function unpackNext(to: Unpacking, cursor: ByteCursor, context: EntryContext): Promise<ZipEntry> {
  const { file, platform, folder } = to;
  const offset = cursor.position;
  const length = localHeaderLength(file, await cursor.peek(localHeaderSize));
  const header = await cursor.take(length);
  if (header.length < length) throw corruptArchive(file, 'the archive is truncated in the middle of an entry');
  const local = readLocal(file, header);
  const name = plainName(local);
  context.guard.entry();
  checkEntry(file, local);
  context.checkName(name, local.isDirectory);
  const skipped = local.isDirectory || !context.wanted(name);
  if (local.isDirectory && context.wanted(name) && folder.path) await platform.fs?.mkdir(folder.path(name));
  const { size, packedSize, crc32 } = local;
  if (size === undefined || packedSize === undefined || crc32 === undefined) {
    return unpackDescribed(to, local, offset, cursor, context, skipped);
  }
  const entry = { ...local, size, packedSize, crc32, offset, mode: 0 };
  context.guard.bytes(name, packedSize, size);
  if (local.method === stored && size !== packedSize) throw corruptArchive(file, `the sizes of "${name}" do not match`);
  const end = cursor.position + packedSize;
  if (skipped) await cursor.skip(packedSize);
  else if (isSmall(entry)) {
    const packed = await cursor.take(packedSize);
    if (packed.length < packedSize) throw cut(file, name);
    await context.lanes.start(packedSize + size, (stop) => unpackSmall(to, entry, packed, stop));
  } else await unpackLarge(to, entry, cursor, context.signal, context.moved);
  if (cursor.position < end) throw cut(file, name);
  return entry;
}

/** An entry whose sizes and CRC-32 follow its data. */
async function unpackDescribed(
  { file, platform, folder }: Unpacking,
  local: LocalHeader,
  offset: number,
  cursor: ByteCursor,
  { guard, moved, signal }: EntryContext,
  skipped: boolean,
): Promise<ZipEntry> {
  const name = plainName(local);
  const data = readDescribed(cursor);
  const feed = async () => {
    const chunk = await data.next();
    moved();
    return chunk;
  };
  const seen = (): ZipEntry => {
    const { found } = data;
    if (!found) throw cut(file, name);
    const { size, packedSize, crc32 } = found;
    return { ...local, size, packedSize, crc32, offset, mode: 0 };
  };
  if (skipped) {
    while (await feed());
    const entry = seen();
    guard.bytes(name, entry.packedSize, entry.size);
    return entry;
  }
  const sink = await folder.sink(name);
  try {
    const writer = createEntryWriter(sink, file, name, guard.remainingBytes());
    const take = (chunk: Uint8Array) => {
      guard.watch(name, cursor.position - offset, writer.size + chunk.length);
      return writer.take(chunk);
    };
    if (local.method === deflated) {
      await inflateStream(platform, feed, take, signal).catch((error: unknown) => {
        throw inflateError(file, name, error);
      });
    } else for (let chunk = await feed(); chunk; chunk = await feed()) await take(chunk);
    const crc = await writer.finish();
    const entry = seen();
    checkContent(file, name, writer.size, crc, entry);
    guard.bytes(name, entry.packedSize, entry.size);
    signal.throwIfAborted();
    await sink.commit({ lastModified: local.lastModified });
    return entry;
  } catch (error) {
    await sink.abort(error);
    throw error;
  }
}
