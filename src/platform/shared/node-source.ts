import type { ByteSource } from '../../core/platform.ts';
import { fileError } from './file-error.ts';
import { builtin, type NodeFileHandle, type NodeStats } from './node-modules.ts';
import { pullStream } from './pull-stream.ts';

/** Size, time and inode: a changed or replaced file has another one of these. */
function fingerprint(stats: NodeStats): string {
  return `${stats.size}-${stats.mtimeNs}-${stats.ino}`;
}

/** Opens a file for reading. The handle is opened at the first read, so that many sources can wait for their turn. */
export async function nodeSource(path: string): Promise<ByteSource> {
  const fs = builtin('node:fs/promises');
  const stats = await inspect(path);
  let handle: Promise<NodeFileHandle> | undefined;
  return {
    name: builtin('node:path').basename(path),
    size: Number(stats.size),
    lastModified: stats.mtime,
    slice(start, end) {
      return pullStream(path, start, end, async (buffer, position) => {
        handle ??= fs.open(path, 'r');
        return (await (await handle).read(buffer, 0, buffer.length, position)).bytesRead;
      });
    },
    async identity() {
      return fingerprint(await inspect(path));
    },
    async close() {
      const opened = handle;
      handle = undefined;
      // A handle that could not be opened was reported by the read that wanted it.
      await opened?.then(
        (file) => file.close(),
        () => undefined,
      );
    },
  };
}

/** What is at `path`; throws unless it is a regular file that may be read. */
async function inspect(path: string): Promise<NodeStats> {
  const fs = builtin('node:fs/promises');
  try {
    const stats = await fs.stat(path, { bigint: true });
    if (stats.isDirectory()) throw fileError('read', path, { code: 'EISDIR' });
    if (!stats.isFile()) throw fileError('read', path, 'it is not a regular file');
    await fs.access(path, fs.constants.R_OK);
    return stats;
  } catch (error) {
    throw fileError('read', path, error);
  }
}
