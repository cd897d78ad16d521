import { errorCode, fileError } from '../../../core/bytes/file-error.ts';
import { pullStream } from '../../../core/bytes/pull-stream.ts';
import type { ByteSink, PartialSink } from '../../../core/platform.ts';
import { baseName } from '../../common/posix-path.ts';
import { canWriteHere, folderAt, handleSink, parentOf } from '../directory-folder.ts';
import { takeLock } from '../lock.ts';
import { partName } from '../part-names.ts';
import { writeError } from '../storage-space.ts';
import { type RunTask, WorkerLostError } from './connection.ts';
import type { SavedPart } from './protocol.ts';

/** Files up to this size are written at once, without a part. */
const smallSize = 2 ** 20;

/** The path of a folder in the origin private file system; `undefined` if it is not in it. */
async function pathIn(folder: FileSystemDirectoryHandle): Promise<string | undefined> {
  const segments = await (await navigator.storage.getDirectory()).resolve(folder);
  return segments?.join('/');
}

/**
 * Opens a file of the origin private file system for writing in the worker. A later page can resume it: the bytes are in the folder
 * `<name>.part` until `commit`. If another page writes the same file, or the worker cannot be used, the browser writes to a temporary
 * file, which cannot be resumed.
 */
export async function workerPartial(
  run: RunTask,
  part: number,
  root: FileSystemDirectoryHandle,
  path: string,
): Promise<PartialSink> {
  const name = baseName(path);
  let folder: FileSystemDirectoryHandle;
  /** The first bytes, until more follows. */
  let first: { data: Uint8Array; position: number } | undefined;
  let opened: 'part' | 'plain' | undefined;
  let opening: Promise<void> | undefined;
  let plain: ByteSink | undefined;
  let saved: SavedPart | undefined;
  let release: (() => Promise<void>) | undefined;
  let closed = false;
  /** Size of the file, if the note says it, and how far it is written: how much space is missing if there is too little. */
  let total: number | undefined;
  let end = 0;

  async function writing<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (closed) throw fileError('write', path, 'it is already closed');
      return await work();
    } catch (error) {
      if (error instanceof WorkerLostError)
        throw fileError('write', path, `${error.message}; try again, it resumes where it stopped`);
      throw await writeError(path, error, total === undefined ? undefined : total - end);
    }
  }

  async function openPart(): Promise<boolean> {
    const place = await pathIn(folder);
    const lock = place === undefined ? undefined : await takeLock(`kaggle-ts:part:${place}/${name}`);
    if (place === undefined || !lock) return false;
    try {
      saved = await run('open', { part, folder: place, name });
      release = lock;
      return true;
    } catch (error) {
      await lock();
      if (error instanceof WorkerLostError || errorCode(error) === 'NoModificationAllowedError') return false;
      throw error;
    }
  }
  /** Decides where the bytes go, and writes the first ones. */
  function open(): Promise<void> {
    opening ??= (async () => {
      opened = (await openPart()) ? 'part' : 'plain';
      if (opened === 'plain') plain = await handleSink(root, path);
      if (first) await put(first.data, first.position);
      first = undefined;
    })();
    return opening;
  }
  async function put(data: Uint8Array, position: number): Promise<void> {
    if (plain) return plain.write(data, position);
    const copy = data.slice() as Uint8Array<ArrayBuffer>;
    await run('write', { part, data: copy, position }, [copy.buffer]);
    end = Math.max(end, position + data.length);
  }
  async function finish(work: () => Promise<unknown>): Promise<void> {
    closed = true;
    try {
      await opening;
      await work();
    } finally {
      await release?.();
    }
  }

  /** Closes the file after a failure. A later page can resume a part that is kept. */
  async function discard(keep: boolean): Promise<void> {
    if (closed) return;
    await finish(async () => {
      if (opened === 'part') await run('close', { part, keep });
      else await plain?.abort();
    }).catch(() => undefined);
  }

  await writing(async () => {
    folder = await folderAt(root, parentOf(path), true);
    const kind = await kindOf(folder, name);
    if (kind === 'directory') throw fileError('write', path, { code: 'EISDIR' });
    const place = await folder.getDirectoryHandle(partName(name)).catch(() => undefined);
    if (place) await open();
  });
  return {
    positional: true,
    saved,
    write: (data, position) =>
      writing(async () => {
        if (!opening && !first && data.length <= smallSize && canWriteHere()) {
          first = { data: data.slice(), position };
          return;
        }
        await open();
        await put(data, position);
      }),
    read: (start, last) =>
      pullStream(path, start, last, async (buffer, position) => {
        const data = await run('read', { part, start: position, end: position + buffer.length });
        buffer.set(data);
        return data.length;
      }),
    note: (value) =>
      writing(async () => {
        const { total: size } = (value ?? {}) as { total?: unknown };
        if (typeof size === 'number') total = size;
        await open();
        if (opened === 'part') await run('note', { part, value });
      }),
    restart: () =>
      writing(async () => {
        first = undefined;
        if (!opening) return;
        await opening;
        if (opened === 'part') return run('restart', { part });
        await plain?.abort();
        plain = await handleSink(root, path);
      }),
    commit: () =>
      writing(async () => {
        if (!opening && !canWriteHere()) await open();
        if (!opening) {
          const sink = await handleSink(root, path);
          closed = true;
          if (first) await sink.write(first.data, first.position);
          return sink.commit();
        }
        await finish(() => (plain ? plain.commit() : run('publish', { part })));
      }),
    abort: () => discard(false),
    leave: () => discard(true),
  };
}

async function kindOf(folder: FileSystemDirectoryHandle, name: string): Promise<'file' | 'directory' | undefined> {
  try {
    await folder.getFileHandle(name);
    return 'file';
  } catch (error) {
    return errorCode(error) === 'TypeMismatchError' ? 'directory' : undefined;
  }
}
