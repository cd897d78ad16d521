import { isMissing } from '../../core/bytes/file-error.ts';
import { builtin, type NodeStats } from './node-modules.ts';
import { ownPart, shortHash } from './own-part.ts';

/** What lies beside a file that is being downloaded. */
export interface PartFiles {
  /** The bytes. */
  readonly part: string;
  /** What of them can be trusted, as JSON. */
  readonly note: string;
  /** Which process is at work on them. */
  readonly lock: string;
}

/** Bytes that a name may have, so that the suffixes still fit into the 255 of common file systems. */
const longestName = 200;

/** The neighbours of `path`: its name with a suffix; of a very long name only the start, and a number made of all of it. */
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
  /** The inode of the part that it speaks of: another file of that name is somebody else's. */
  readonly inode: string;
  /** `null` when nothing can be trusted. */
  readonly note: unknown;
}

/** `undefined` when there is none, or something that is not ours. */
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

/** Replaces the note in one step. */
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

/** What is at `path` itself, if anything: a link is not followed. */
export async function lstat(path: string): Promise<NodeStats | undefined> {
  try {
    return await builtin('node:fs/promises').lstat(path, { bigint: true });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Whether the part is a regular file, and the one that the note speaks of. */
export function belongs(part: NodeStats | undefined, note: NoteFile | undefined): part is NodeStats {
  return part?.isFile() === true && String(part.ino) === note?.inode;
}
