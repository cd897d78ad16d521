import { fileError } from '../../core/bytes/file-error.ts';
import { pullStream } from '../../core/bytes/pull-stream.ts';
import type { FileEntry, FileSystem } from '../../core/platform.ts';
import { baseName, folderPrefix, joinPosix } from '../common/posix-path.ts';
import { memoryPartials } from './partial.ts';
import { memorySink } from './sink.ts';

/** Creates a file system in a Map of paths to contents. Absolute and relative paths are separate; empty folders can exist. */
export function memoryFiles(initial: Readonly<Record<string, string | Uint8Array>>): {
  fs: FileSystem;
  files: Map<string, Uint8Array>;
} {
  const files = new Map<string, Uint8Array>();
  const folders = new Set<string>(['.', '/']);
  // Keyed by the array itself, so that `files.set` by the user creates a new version.
  const facts = new WeakMap<Uint8Array, { version: number; lastModified: Date }>();
  let versions = 0;
  const factsOf = (data: Uint8Array): { version: number; lastModified: Date } => {
    const found = facts.get(data) ?? { version: ++versions, lastModified: new Date() };
    facts.set(data, found);
    return found;
  };
  for (const [path, content] of Object.entries(initial)) {
    files.set(joinPosix(path), typeof content === 'string' ? new TextEncoder().encode(content) : content);
  }

  const isFolder = (path: string): boolean =>
    folders.has(path) || [...files.keys()].some((name) => name.startsWith(folderPrefix(path)));
  const read = (path: string): Uint8Array => {
    const data = files.get(joinPosix(path));
    if (data) return data;
    throw fileError('read', path, { code: isFolder(joinPosix(path)) ? 'EISDIR' : 'ENOENT' });
  };
  /** Creates the folder and its parents; none of them if one of the paths is a file. */
  const makeFolder = (path: string): void => {
    const above: string[] = [];
    for (let at = path; at !== '.' && at !== '/' && baseName(at) !== '..'; at = joinPosix(at, '..')) above.push(at);
    if (above.some((folder) => files.has(folder))) throw fileError('create the folder', path, { code: 'ENOTDIR' });
    for (const folder of above) folders.add(folder);
  };
  const entry = (path: string, data: Uint8Array): FileEntry => ({
    path,
    kind: 'file',
    size: data.length,
    lastModified: factsOf(data).lastModified,
  });

  const store = (target: string) => (data: Uint8Array, lastModified: Date) => {
    facts.set(data, { version: ++versions, lastModified });
    files.set(target, data);
  };
  const partials = memoryPartials();
  /** Returns the key for a file at `path`, and creates its folders. */
  const place = (path: string): string => {
    const target = joinPosix(path);
    if (isFolder(target)) throw fileError('write', path, { code: 'EISDIR' });
    makeFolder(joinPosix(target, '..'));
    return target;
  };

  const fs: FileSystem = {
    async source(path) {
      const data = read(path);
      return {
        name: baseName(joinPosix(path)),
        size: data.length,
        lastModified: factsOf(data).lastModified,
        slice: (start, end) =>
          pullStream(path, start, end, async (buffer, position) => {
            const part = read(path).subarray(position, position + buffer.length);
            buffer.set(part);
            return part.length;
          }),
        identity: async () => `${read(path).length}-${factsOf(read(path)).version}`,
      };
    },
    async sink(path) {
      return memorySink(path, store(place(path)));
    },
    async partial(path) {
      const target = place(path);
      return partials(path, target, store(target));
    },
    async stat(path) {
      const data = files.get(joinPosix(path));
      if (data) return entry(path, data);
      return isFolder(joinPosix(path)) ? { path, kind: 'directory', size: 0, lastModified: new Date(0) } : undefined;
    },
    async *walk(path) {
      if (!isFolder(joinPosix(path))) {
        throw fileError('list', path, { code: files.has(joinPosix(path)) ? 'ENOTDIR' : 'ENOENT' });
      }
      const prefix = folderPrefix(path);
      const inside = (name: string): boolean =>
        name.startsWith(prefix) && (prefix !== '' || !/^(\/|\.\.(\/|$))/.test(name));
      for (const name of [...files.keys()].filter(inside).sort()) {
        const data = files.get(name);
        if (data) yield entry(name.slice(prefix.length), data);
      }
    },
    async readText(path) {
      const data = files.get(joinPosix(path));
      if (!data && isFolder(joinPosix(path))) throw fileError('read', path, { code: 'EISDIR' });
      return data && new TextDecoder().decode(data);
    },
    async mkdir(path) {
      makeFolder(joinPosix(path));
    },
    async remove(path) {
      const target = joinPosix(path);
      for (const names of [files, folders]) {
        for (const name of [...names.keys()]) {
          if (name === target || name.startsWith(folderPrefix(path))) names.delete(name);
        }
      }
    },
    join: joinPosix,
  };
  return { fs, files };
}
