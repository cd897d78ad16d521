import { fileError } from '../../core/bytes/file-error.ts';
import { pullStream } from '../../core/bytes/pull-stream.ts';
import type { ByteSource } from '../../core/platform.ts';
import { builtin, type NodeFileHandle, type NodeStats } from './node-modules.ts';

/** Size, time and inode: at least one of them differs for a changed or replaced file. */
function fingerprint(stats: NodeStats): string {
  return `${stats.size}-${stats.mtimeNs}-${stats.ino}`;
}

/**
 * Opens a file for reading. Checks at once that it is readable, but keeps no handle open until the first read, so that
 * thousands of sources can wait for their turn.
 */
export async function nodeSource(path: string): Promise<ByteSource> {
  const fs = builtin('node:fs/promises');
  const stats = await inspect(path);
  try {
    const file = await fs.open(path, 'r');
    try {
      // Files in /proc and the like report a size of 0: they would be sent as empty files.
      if (stats.size === 0n && (await file.read(new Uint8Array(1), 0, 1, 0)).bytesRead > 0) {
        throw new Error('its reported size is 0, but it has content; read it yourself and pass { name, data }');
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError('read', path, error);
  }
  let handle: Promise<NodeFileHandle> | undefined;
  async function readAt(buffer: Uint8Array, position: number): Promise<number> {
    handle ??= fs.open(path, 'r');
    return (await (await handle).read(buffer, 0, buffer.length, position)).bytesRead;
  }
  return {
    key: builtin('node:path').resolve(path),
    name: builtin('node:path').basename(path),
    size: Number(stats.size),
    lastModified: stats.mtime,
    slice: (start, end) => pullStream(path, start, end, readAt),
    async read(buffer, position) {
      try {
        return await readAt(buffer, position);
      } catch (error) {
        throw fileError('read', path, error);
      }
    },
    async identity() {
      return fingerprint(await inspect(path));
    },
    async close() {
      const opened = handle;
      handle = undefined;
      // A failure to open was reported by the read that needed the handle.
      await opened?.then(
        (file) => file.close(),
        () => undefined,
      );
    },
  };
}

/** The current stats of `path`. Throws unless it is a regular file. */
async function inspect(path: string): Promise<NodeStats> {
  const stats = await builtin('node:fs/promises')
    .stat(path, { bigint: true })
    .catch((error: unknown) => {
      throw fileError('read', path, error);
    });
  if (stats.isDirectory()) throw fileError('read', path, { code: 'EISDIR' });
  if (!stats.isFile()) throw fileError('read', path, 'it is not a regular file');
  return stats;
}
