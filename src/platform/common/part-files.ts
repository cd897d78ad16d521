import { isMissing } from '../../core/bytes/file-error.ts';
import { builtin, type NodeStats } from './node-modules.ts';
import { ownPart, shortHash } from './own-part.ts';

/** Files beside a file that is being downloaded. */
export interface PartFiles {
  /** The bytes. */
  readonly part: string;
  /** Which of the bytes are valid, as JSON. */
  readonly note: string;
  /** The lock of the process that writes them. */
  readonly lock: string;
}

/** Maximum bytes of a name, so that it fits with suffixes into the 255 bytes of common file systems. */
const longestName = 200;

/** Returns the files beside `path`: its name with a suffix. A very long name is truncated and gets a hash. */
export function partFiles(path: string): PartFiles {
  const { dirname, basename, join } = builtin('node:path');
  let name = basename(path);
  if (new TextEncoder().encode(name).length > longestName)
    name = `${[...name].slice(0, 50).join('')}.${shortHash(name)}`;
  const part = join(dirname(path), `${name}.part`);
  return { part, note: `${part}.json`, lock: `${part}.lock` };
}

/** The content of a note's file. */
export interface NoteFile {
  /** Inode of the part that it describes. A file with another inode is not ours. */
  readonly inode: string;
  /** `null` if no bytes are valid. */
  readonly note: unknown;
}

/** Reads a note; resolves to `undefined` if the file does not exist or is not a note. */
export async function readNote(file: string): Promise<NoteFile | undefined> {
  const fs = builtin('node:fs/promises');
  try {
    if (!(await fs.lstat(file, { bigint: true })).isFile()) return undefined;
    const { kaggleTs } = JSON.parse(new TextDecoder().decode(await fs.readFile(file))) as { kaggleTs?: NoteFile };
    return typeof kaggleTs?.inode === 'string' ? kaggleTs : undefined;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Replaces the note atomically. */
export async function writeNote(file: string, note: NoteFile): Promise<void> {
  const fs = builtin('node:fs/promises');
  const fresh = ownPart(file);
  try {
    await fs.writeFile(fresh, JSON.stringify({ kaggleTs: note }), { mode: 0o600, flag: 'wx' });
    await fs.rename(fresh, file);
  } catch (error) {
    await fs.rm(fresh, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The stats of `path` without following links; `undefined` if it does not exist. */
export async function lstat(path: string): Promise<NodeStats | undefined> {
  try {
    return await builtin('node:fs/promises').lstat(path, { bigint: true });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether the part is a regular file, and the one that the note describes. */
export function belongs(part: NodeStats | undefined, note: NoteFile | undefined): part is NodeStats {
  return part?.isFile() === true && String(part.ino) === note?.inode;
}
