import { fileError } from '../../core/bytes/file-error.ts';
import { pullStream } from '../../core/bytes/pull-stream.ts';
import type { PartialSink } from '../../core/platform.ts';
import { type Lock, takeLock } from './lock-file.ts';
import { builtin, type NodeFileHandle } from './node-modules.ts';
import { writeAll } from './node-sink.ts';
import { ownPart, removeAbandoned } from './own-part.ts';
import { belongs, lstat, partFiles, readNote, writeNote } from './part-files.ts';

/**
 * Opens a file for writing that a later process can resume: `<name>.part`, with a note and a lock beside it. They are created by the
 * first `note`, and nothing before the first `write`, so that small files cost no more than with a plain sink. If another process
 * holds the part, or a file of the user has its name, the bytes go to a temporary file, which cannot be resumed.
 */
export async function nodePartial(path: string): Promise<PartialSink> {
  const fs = builtin('node:fs/promises');
  const files = partFiles(path);
  let handle: Promise<NodeFileHandle> | undefined;
  let current = files.part;
  let saved: PartialSink['saved'];
  let lock: Lock | undefined;
  /** The bytes go to a temporary file, as the part belongs to another process or to the user. */
  let isSeparate = false;
  /** Why the sink is closed. */
  let closed: string | undefined;

  /** Locks the part, unless another process holds it. */
  async function claim(): Promise<boolean> {
    lock ??= isSeparate ? undefined : await takeLock(files.lock);
    isSeparate ||= !lock;
    return !isSeparate;
  }
  async function unlock(): Promise<void> {
    const held = lock;
    lock = undefined;
    isSeparate = true;
    await held?.release();
  }
  /** Closes the sink if another process has taken over the part; it may even have finished the file. */
  async function checkOwner(): Promise<void> {
    if (!lock || (await lock.isHeld())) return;
    closed = 'another process took over the download while this one was suspended';
    const opening = handle;
    handle = undefined;
    await unlock();
    await opening?.then((opened) => opened.close()).catch(() => undefined);
  }
  /** Removes the note, unless the file with its name is not a note. */
  async function dropNote(): Promise<void> {
    if (await readNote(files.note)) await fs.rm(files.note, { force: true });
  }
  async function resume(): Promise<void> {
    if (!(await lstat(files.note)) || !(await claim())) return;
    const [note, part] = [await readNote(files.note), await lstat(files.part)];
    if (!note) return unlock();
    if (!belongs(part, note)) {
      // The note of a missing part: the process ended just after renaming it, or another file has its name now.
      await fs.rm(files.note, { force: true });
      return part ? unlock() : undefined;
    }
    handle = fs.open(files.part, fs.constants.O_RDWR | (fs.constants.O_NOFOLLOW ?? 0));
    await handle;
    if (note.note !== null) saved = { note: note.note, size: Number(part.size) };
  }
  async function file(): Promise<NodeFileHandle> {
    if (lock) await checkOwner();
    if (closed) throw fileError('write', path, closed);
    if (!handle) {
      current = ownPart(path);
      handle = fs.open(current, 'wx');
    }
    return handle;
  }
  async function keep(value: unknown): Promise<void> {
    if (closed || !(await claim())) return;
    const opened = await file();
    // A file of the user, or a downloaded one, can have the name of the note.
    if ((await lstat(files.note)) && !(await readNote(files.note))) return unlock();
    if (current !== files.part) {
      const part = await lstat(files.part);
      if (part && !belongs(part, await readNote(files.note))) return unlock();
    }
    await writeNote(files.note, { inode: String((await opened.stat({ bigint: true })).ino), note: value ?? null });
    if (current !== files.part) await fs.rename(current, files.part);
    current = files.part;
  }
  /** Closes the part; resolves to whether it still has its name. */
  async function close(): Promise<boolean> {
    const opening = handle;
    handle = undefined;
    closed ??= 'it is already closed';
    const opened = await opening;
    if (!opened) return false;
    try {
      const [ours, there] = [await opened.stat({ bigint: true }), await lstat(current)];
      return there?.isFile() === true && there.ino === ours.ino;
    } finally {
      await opened.close();
    }
  }
  async function abort(): Promise<void> {
    if (lock) await checkOwner();
    const there = await close().catch(() => false);
    if (there) await fs.rm(current, { force: true }).catch(() => undefined);
    if (lock) await dropNote().catch(() => undefined);
    await unlock();
  }
  const writing = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw fileError('write', path, error);
    }
  };

  await writing(async () => {
    await fs.mkdir(builtin('node:path').dirname(path), { recursive: true });
    await removeAbandoned(builtin('node:path').dirname(path));
    const there = await fs.stat(path, { bigint: true }).catch(() => undefined);
    if (there?.isDirectory()) throw fileError('write', path, { code: 'EISDIR' });
    try {
      await resume();
    } catch (error) {
      await unlock();
      throw error;
    }
  });
  return {
    positional: true,
    saved,
    write: (data, position) =>
      writing(async () => {
        await writeAll(await file(), data, position);
      }),
    read: (start, end) =>
      pullStream(path, start, end, async (buffer, position) => {
        return (await (await file()).read(buffer, 0, buffer.length, position)).bytesRead;
      }),
    note: (value) => writing(() => keep(value)),
    restart: () =>
      writing(async () => {
        if (lock) await keep(null);
        if (handle) await (await file()).truncate(0);
      }),
    commit: (options) =>
      writing(async () => {
        let ours = false;
        try {
          await file();
          ours = await close();
          if (!ours) throw fileError('write', path, 'its .part file was replaced by another file');
          if (options?.lastModified) await fs.utimes(current, new Date(), options.lastModified);
          await fs.rename(current, path);
        } catch (error) {
          if (ours) await fs.rm(current, { force: true });
          await abort();
          throw error;
        }
        if (lock) await dropNote();
        await unlock();
      }),
    abort,
    async leave() {
      if (!lock || current !== files.part) return abort();
      await close().catch(() => false);
      await unlock();
    },
  };
}
