import type { startProgress } from '../../transfer/progress.ts';
import { readAll } from '../../transfer/remote/range-reader.ts';
import type { RemoteObject } from '../../transfer/remote/remote-object.ts';
import { archiveError, corruptArchive } from '../archive-error.ts';
import { type ByteCursor, createCursor } from '../byte-cursor.ts';
import { checkContent, writeWhole } from '../entry-writer.ts';
import { createLanes, type Lanes, maxBytesAtOnce, maxEntriesAtOnce } from '../lanes.ts';
import type { ArchiveLimits } from '../limits.ts';
import type { UnpackedFile, UnpackOptions } from '../types.ts';
import { checkEntries, plainName } from './check.ts';
import { readDirectory, type ZipDirectory } from './directory.ts';
import { localHeaderLength, localHeaderSize, readLocal, type ZipEntry } from './headers.ts';
import { presentFiles } from './present-files.ts';
import { isSmall, type Unpacking, unpackLarge, unpackSmall } from './unpack-entry.ts';

/** Reads the directory of an archive and checks everything in it. */
export async function openDirectory(
  file: string,
  object: Pick<RemoteObject, 'size' | 'range'>,
  tail: Uint8Array | undefined,
  limits: ArchiveLimits | undefined,
): Promise<ZipDirectory> {
  const read = (start: number, end: number) => readAll(object.range(start, end), end - start);
  const directory = await readDirectory(file, object.size, read, { tail, maxEntries: limits?.maxEntries ?? 1_000_000 });
  checkEntries(file, directory.entries, directory.start, limits);
  return directory;
}

/** Moves to the data of `entry`, after its local header, which must describe the same file. */
export async function skipToData(file: string, entry: ZipEntry, end: number, cursor: ByteCursor): Promise<void> {
  await cursor.skip(entry.offset - cursor.position);
  const head = await cursor.take(localHeaderSize);
  const length = localHeaderLength(file, head);
  const header = new Uint8Array(length);
  header.set(head);
  header.set(await cursor.take(length - head.length), head.length);
  const local = readLocal(file, header);
  if (local.name !== entry.name || local.method !== entry.method) {
    throw corruptArchive(file, `the header of "${entry.name}" does not match the central directory`);
  }
  if (cursor.position + entry.packedSize > end) {
    throw corruptArchive(file, `"${entry.name}" overlaps another entry`);
  }
}

/** Entries that are fetched with one request: from `start` to `end`, which is after the last one. */
interface EntryGroup {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly ZipEntry[];
}

/** Gaps of up to this many bytes are read instead of skipped: another request would take longer. */
const smallGap = 512 * 1024;

/**
 * The parts of the archive that must be fetched for the wanted entries. `all` are those of the whole archive, which tell where an
 * entry must have ended; `end` is where the directory starts. Empty files need no bytes.
 */
function groupEntries(all: readonly ZipEntry[], wanted: ReadonlySet<ZipEntry>, end: number): EntryGroup[] {
  const sorted = all.toSorted((a, b) => a.offset - b.offset);
  const groups: { start: number; end: number; entries: ZipEntry[] }[] = [];
  for (const [index, entry] of sorted.entries()) {
    if (!wanted.has(entry) || entry.size === 0) continue;
    const limit = sorted[index + 1]?.offset ?? end;
    const last = groups.at(-1);
    if (last && entry.offset - last.end <= smallGap) {
      last.entries.push(entry);
      last.end = limit;
    } else groups.push({ start: entry.offset, end: limit, entries: [entry] });
  }
  return groups;
}

/** Fetches a group of entries and unpacks them. */
async function unpackGroup(
  to: Unpacking,
  object: Pick<RemoteObject, 'size' | 'range'>,
  group: EntryGroup,
  lanes: Lanes,
  signal: AbortSignal,
  report: (position: number) => void,
): Promise<void> {
  const reader = object.range(group.start, group.end, signal);
  const cursor = createCursor(() => reader.next(), group.start);
  try {
    for (const [index, entry] of group.entries.entries()) {
      await skipToData(to.file, entry, group.entries[index + 1]?.offset ?? group.end, cursor);
      const moved = () => report(cursor.position);
      if (isSmall(entry)) {
        const packed = await cursor.take(entry.packedSize);
        await lanes.start(entry.packedSize + entry.size, (stop) => unpackSmall(to, entry, packed, stop));
      } else await unpackLarge(to, entry, cursor, signal, moved);
      moved();
    }
  } finally {
    reader.cancel();
  }
}

/** How to unpack one archive. */
export type Unpack = UnpackOptions & { signal: AbortSignal; progress: ReturnType<typeof startProgress> };

/**
 * Unpacks the entries of a checked directory that the filter selects. Missing ones are fetched with one request (a few if there are
 * large gaps), and unpacked several at a time.
 */
export async function unpackEntries(
  to: Unpacking,
  object: Pick<RemoteObject, 'size' | 'range'>,
  directory: ZipDirectory,
  options: Unpack,
): Promise<UnpackedFile[]> {
  const { file, platform, folder } = to;
  const { signal, progress } = options;
  const wanted = directory.entries.filter((entry) => options.filter?.(plainName(entry)) ?? true);
  const files = wanted.filter((entry) => !entry.isDirectory);
  const names = new Set(files.map(plainName));
  const absent = [...(options.complete ?? [])].find((name) => !names.has(name));
  if (absent !== undefined) throw archiveError(file, `the archive does not contain "${absent}"`);
  const count = Math.max(1, Math.min(options.concurrency ?? maxEntriesAtOnce, maxEntriesAtOnce));
  const fs = options.keep === false ? undefined : platform.fs;
  const present = await presentFiles(fs, folder, files, count, signal);
  const missing = files.filter((entry) => !present.has(entry));

  const lanes = createLanes(count, maxBytesAtOnce, signal);
  try {
    for (const entry of wanted) {
      if (entry.isDirectory && folder.path) await platform.fs?.mkdir(folder.path(plainName(entry)));
    }
    for (const entry of missing) {
      if (entry.size > 0) continue;
      const name = plainName(entry);
      checkContent(file, name, 0, 0, entry);
      await lanes.start(0, (stop) => writeWhole(folder, name, new Uint8Array(0), entry.lastModified, stop));
    }
    progress.report(0, object.size);
    for (const group of groupEntries(directory.entries, new Set(missing), directory.start)) {
      await unpackGroup(to, object, group, lanes, signal, (position) => progress.report(position, object.size));
    }
    await lanes.finish();
  } catch (error) {
    await lanes.stop(error);
    throw error;
  }
  progress.done(object.size);
  return files.map((entry) => {
    const name = plainName(entry);
    const path = folder.path?.(name);
    const skipped = present.has(entry) && { skipped: true as const };
    return { name, ...(path !== undefined && { path }), size: entry.size, verified: 'crc32', ...skipped };
  });
}

/** Unpacks an archive whose parts can be fetched. Its directory is read and checked before anything is written. */
export async function unpackRanged(
  to: Unpacking,
  object: RemoteObject,
  tail: Uint8Array,
  options: Unpack,
): Promise<UnpackedFile[]> {
  return unpackEntries(to, object, await openDirectory(to.file, object, tail, options.limits), options);
}
