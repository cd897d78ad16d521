import { fileError, isMissing } from '../../core/bytes/file-error.ts';
import type { FileEntry, FileSystem } from '../../core/platform.ts';
import { builtin, type NodeStats } from './node-modules.ts';
import { nodeSink } from './node-sink.ts';
import { nodeSource } from './node-source.ts';

/** The file system of node:fs, for Node, Deno and Bun. */
export function nodeFiles(): FileSystem {
  return {
    source: nodeSource,
    sink: nodeSink,
    // Loaded with the first download into a file.
    partial: async (path) => (await import('./node-partial.ts')).nodePartial(path),
    async stat(path) {
      try {
        return entry(path, await builtin('node:fs/promises').stat(path, { bigint: true }));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw fileError('access', path, error);
      }
    },
    walk: (path) => walk(path, ''),
    async readText(path) {
      try {
        return new TextDecoder().decode(await builtin('node:fs/promises').readFile(path));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw fileError('read', path, error);
      }
    },
    async mkdir(path) {
      try {
        await builtin('node:fs/promises').mkdir(path, { recursive: true });
      } catch (error) {
        throw fileError('create the folder', path, error);
      }
    },
    async remove(path) {
      try {
        await builtin('node:fs/promises').rm(path, { recursive: true, force: true });
      } catch (error) {
        if (!isMissing(error)) throw fileError('remove', path, error);
      }
    },
    join: (...parts) => builtin('node:path').join(...parts),
  };
}

function entry(path: string, stats: NodeStats): FileEntry {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  return { path, kind, size: kind === 'directory' ? 0 : Number(stats.size), lastModified: stats.mtime };
}

/**
 * Iterates over everything below `root` except folders. A link to a folder or to nothing is not followed, and yields an entry of kind
 * 'other', so that a caller can report it.
 */
async function* walk(root: string, below: string): AsyncGenerator<FileEntry> {
  const fs = builtin('node:fs/promises');
  const { join } = builtin('node:path');
  const folder = below ? join(root, below) : root;
  let found: { name: string; isFolder: boolean }[];
  try {
    const entries = await fs.readdir(folder, { withFileTypes: true });
    found = entries.map((dirent) => ({ name: dirent.name, isFolder: dirent.isDirectory() }));
  } catch (error) {
    throw fileError('list', folder, error);
  }
  // A folder sorts with the slash that follows it in paths, so that whole paths are in order.
  const key = (item: { name: string; isFolder: boolean }): string => (item.isFolder ? `${item.name}/` : item.name);
  for (const item of found.sort((a, b) => (key(a) < key(b) ? -1 : 1))) {
    const path = below ? `${below}/${item.name}` : item.name;
    if (item.isFolder) {
      yield* walk(root, path);
      continue;
    }
    try {
      const found = entry(path, await fs.stat(join(root, path), { bigint: true }));
      yield found.kind === 'directory' ? { ...found, kind: 'other', link: 'directory' } : found;
    } catch (error) {
      if (!isMissing(error)) throw fileError('access', join(root, path), error);
      yield { path, kind: 'other', link: 'missing', size: 0, lastModified: new Date(0) };
    }
  }
}
