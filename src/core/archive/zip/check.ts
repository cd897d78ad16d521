import { checkNames } from '../../transfer/names.ts';
import { corruptArchive, unsupportedArchive } from '../archive-error.ts';
import { type ArchiveLimits, createGuard, type Guard } from '../limits.ts';
import { deflated, flagBits, stored } from './fields.ts';
import { localHeaderSize, type ZipEntry } from './headers.ts';

const symlink = 0o120000;
const regular = 0o100000;
const folder = 0o040000;

/** The name relative to the target, without the trailing slash of a folder. */
export function plainName({ name }: Pick<ZipEntry, 'name'>): string {
  return name.replace(/\/$/, '');
}

/** Throws `TransferError` for an entry that cannot, or must not, be unpacked. */
export function checkEntry(file: string, entry: Pick<ZipEntry, 'name' | 'flags' | 'method'> & { mode?: number }): void {
  const { name, flags, method, mode = 0 } = entry;
  const shown = JSON.stringify(name);
  if (flags & (flagBits.encrypted | flagBits.strong | flagBits.masked))
    throw unsupportedArchive(file, `${shown} is encrypted, which is not supported`);
  if (method !== stored && method !== deflated) {
    throw unsupportedArchive(file, `${shown} has an unsupported compression method (method ${method})`);
  }
  const kind = mode & 0o170000;
  if (kind === symlink) throw unsupportedArchive(file, `${shown} is a symbolic link, which is not supported`);
  if (kind !== 0 && kind !== regular && kind !== folder)
    throw unsupportedArchive(file, `${shown} is a device, a pipe or a socket, which is not supported`);
}

/**
 * Checks all entries of a directory before anything is written: types, compression, names (`checkNames` throws `ValidationError`),
 * overlaps, and limits. Throws `TransferError` otherwise.
 */
export function checkEntries(
  file: string,
  entries: readonly ZipEntry[],
  end: number,
  limits: ArchiveLimits | undefined,
): void {
  const guard: Guard = createGuard(file, limits);
  for (const entry of entries) {
    guard.entry();
    guard.bytes(entry.name, entry.packedSize, entry.size);
    checkEntry(file, entry);
    if (entry.isDirectory && entry.size > 0) throw corruptArchive(file, `the folder "${entry.name}" has content`);
    if (entry.method === stored && entry.size !== entry.packedSize) {
      throw corruptArchive(file, `the sizes of "${entry.name}" do not match`);
    }
  }
  const files = entries.filter((entry) => !entry.isDirectory);
  // Folders may be named repeatedly; `./` is the target itself.
  const folders = entries.filter((entry) => entry.isDirectory && entry.name !== './');
  checkNames(files.map(plainName), folders.map(plainName));
  checkOverlap(file, entries, end);
}

/** Overlapping entries let a small archive expand endlessly (David Fifield, "A better zip bomb"). */
function checkOverlap(file: string, entries: readonly ZipEntry[], end: number): void {
  const sorted = entries.toSorted((a, b) => a.offset - b.offset);
  let free = 0;
  for (const entry of sorted) {
    if (entry.offset < free) throw corruptArchive(file, `"${entry.name}" overlaps another entry`);
    free = entry.offset + localHeaderSize + entry.packedSize;
  }
  if (free > end) throw corruptArchive(file, 'an entry overlaps the central directory');
}
