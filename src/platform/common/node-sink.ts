import { fileError } from '../../core/bytes/file-error.ts';
import type { ByteSink } from '../../core/platform.ts';
import { builtin, type NodeFileHandle } from './node-modules.ts';
import { ownPart, removeAbandoned } from './own-part.ts';

/** Writes all of `data`, in several calls if necessary. */
export async function writeAll(file: NodeFileHandle, data: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < data.length; ) {
    const { bytesWritten } = await file.write(data, done, data.length - done, position + done);
    done += bytesWritten;
  }
}

/**
 * Opens a temporary file for writing. `commit` renames it to `path` atomically, so that readers see the old or the new content. A link
 * at `path` is replaced, not followed.
 */
export async function nodeSink(path: string): Promise<ByteSink> {
  const fs = builtin('node:fs/promises');
  const part = ownPart(path);
  const folder = builtin('node:path').dirname(path);
  let handle: NodeFileHandle | undefined;
  try {
    await fs.mkdir(folder, { recursive: true });
    await removeAbandoned(folder);
    const there = await fs.stat(path, { bigint: true }).catch(() => undefined);
    if (there?.isDirectory()) throw fileError('write', path, { code: 'EISDIR' });
    handle = await fs.open(part, 'wx');
  } catch (error) {
    throw fileError('write', path, error);
  }

  async function close(): Promise<void> {
    const opened = handle;
    handle = undefined;
    await opened?.close();
  }

  async function abort(): Promise<void> {
    await close().catch(() => undefined);
    await fs.rm(part, { force: true }).catch(() => undefined);
  }

  return {
    positional: true,
    async write(data, position) {
      if (!handle) throw fileError('write', path, 'it is already closed');
      try {
        await writeAll(handle, data, position);
      } catch (error) {
        throw fileError('write', path, error);
      }
    },
    async commit(options) {
      if (!handle) throw fileError('write', path, 'it is already closed');
      try {
        await close();
        if (options?.lastModified) await fs.utimes(part, new Date(), options.lastModified);
        await fs.rename(part, path);
      } catch (error) {
        await abort();
        throw fileError('write', path, error);
      }
    },
    abort,
  };
}
