import { isMissing } from '../../core/bytes/file-error.ts';
import { hostName, isRunning } from './node-host.ts';
import { builtin, type NodeStats, nodeProcess } from './node-modules.ts';
import { partName } from './node-sink.ts';

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

/** Eight hexadecimal digits that differ for most other texts. */
function shortHash(text: string): string {
  let hash = 5381;
  for (const char of text) hash = (Math.imul(hash, 33) ^ char.codePointAt(0)!) >>> 0;
  return hash.toString(16).padStart(8, '0');
}

/** A neighbour of `path` that only this process uses, and that tells so. */
export function ownPart(path: string): string {
  const { dirname, basename, join } = builtin('node:path');
  const start = [...basename(path)].slice(0, 50).join('');
  const host = hostName();
  const random = crypto.randomUUID().slice(0, 8);
  return join(dirname(path), `${start}.${nodeProcess().pid}-${host ? shortHash(host) : 'x'}-${random}.part`);
}

const cleaned = new Set<string>();

/** Removes the parts that ended processes of this host left in a folder under names of their own; once a folder. */
export async function removeAbandoned(folder: string): Promise<void> {
  const fs = builtin('node:fs/promises');
  const { resolve, join } = builtin('node:path');
  const host = hostName();
  if (host === undefined || cleaned.has(resolve(folder))) return;
  cleaned.add(resolve(folder));
  for (const { name } of await fs.readdir(folder, { withFileTypes: true })) {
    const [, pid, of] = /\.(\d+)-([0-9a-f]{8})-[0-9a-f]{8}\.part$/.exec(name) ?? [];
    if (of === shortHash(host) && isRunning(Number(pid)) === false) await fs.rm(join(folder, name), { force: true });
  }
}

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
  const fresh = partName(file);
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
