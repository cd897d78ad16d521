import { errorCode, fileError } from '../../core/bytes/file-error.ts';
import { fileSource } from '../../core/bytes/file-source.ts';
import type { FileEntry, FileSystem } from '../../core/platform.ts';
import { baseName, joinPosix } from '../common/posix-path.ts';
import { canWriteHere, folderAt, handleSink, parentOf } from './directory-folder.ts';
import { walkHandles } from './directory-sources.ts';
import { lazily } from './lazily.ts';
import type { TransferWorker } from './transfer-worker.ts';

/** Options of `opfs` and `directoryFiles`. */
export interface DirectoryFilesOptions {
  /**
   * Writes downloads in a worker (`transferWorker()`), so that they resume after a reload or a crash. Has no effect outside of the
   * origin private file system. @default None; a download starts over after a reload.
   */
  worker?: TransferWorker | undefined;
}

/**
 * Returns the origin private file system as `platform.fs`. Requires a secure context (https or localhost).
 *
 * @param path - Folder in the origin private file system that becomes the root. @default The root itself.
 * @param options - With a `worker`, downloads resume after a reload.
 * @example
 * ```ts
 * import { browserPlatform, createClient, opfs } from 'kaggle-ts/browser';
 *
 * const client = createClient({ endpoint: '/kaggle', credential: 'proxy', platform: browserPlatform({ fs: opfs('kaggle') }) });
 * ```
 */
export function opfs(path = '', options: DirectoryFilesOptions = {}): FileSystem {
  return directoryFiles(async () => folderAt(await navigator.storage.getDirectory(), path, true), options);
}

/**
 * Returns a folder that the user chose as `platform.fs`.
 *
 * @param open - Called at the first use; again if it rejected. Resolves to the handle, for example of `showDirectoryPicker()`.
 */
export function directoryFiles(
  open: () => Promise<FileSystemDirectoryHandle>,
  { worker }: DirectoryFilesOptions = {},
): FileSystem {
  const root = lazily(open);

  /** Resolves to the file or folder at `path`, or to `undefined`. */
  async function find(path: string): Promise<File | 'directory' | undefined> {
    const place = relative(path);
    if (place === '') return 'directory';
    try {
      const folder = await folderAt(await root(), parentOf(place), false);
      const file = await folder.getFileHandle(baseName(place)).catch((error: unknown) => {
        if (errorCode(error) === 'TypeMismatchError') return 'directory' as const;
        throw error;
      });
      return file === 'directory' ? file : await file.getFile();
    } catch (error) {
      // A mismatch means that a parent in the path is a file, so that nothing can be below it.
      if (['NotFoundError', 'TypeMismatchError'].includes(errorCode(error))) return undefined;
      throw fileError('access', path, error);
    }
  }

  async function fileAt(path: string): Promise<File> {
    const found = await find(path);
    if (found instanceof File) return found;
    throw fileError('read', path, { code: found ? 'EISDIR' : 'ENOENT' });
  }

  return {
    async source(path) {
      const file = await fileAt(path);
      const source = fileSource(file, baseName(relative(path)));
      return {
        ...source,
        key: `${source.key}:${relative(path)}`,
        slice: (start, end) => fileSource(file, path).slice(start, end),
        async identity() {
          const now = await fileAt(path);
          return `${now.size}-${now.lastModified}`;
        },
      };
    },
    async sink(path) {
      if (canWriteHere() || !worker) return handleSink(await root(), relative(path));
      const sink = await worker.partial(await root(), relative(path));
      if (sink.saved) await sink.restart();
      return sink;
    },
    ...(worker && { partial: async (path: string) => worker.partial(await root(), relative(path)) }),
    async stat(path) {
      const found = await find(path);
      if (found === 'directory') return { path, kind: 'directory', size: 0, lastModified: new Date(0) };
      return found && entry(path, found);
    },
    async *walk(path) {
      let folder: FileSystemDirectoryHandle;
      try {
        folder = await folderAt(await root(), relative(path), false);
      } catch (error) {
        throw fileError('list', path, error);
      }
      for await (const [name, file] of walkHandles(folder, '')) yield entry(name, await file.getFile());
    },
    async readText(path) {
      const found = await find(path);
      if (found === 'directory') throw fileError('read', path, { code: 'EISDIR' });
      return found?.text();
    },
    async mkdir(path) {
      try {
        await folderAt(await root(), relative(path), true);
      } catch (error) {
        throw fileError('create the folder', path, error);
      }
    },
    async remove(path) {
      const place = relative(path);
      if ((await find(path)) === undefined) return;
      try {
        const folder = await folderAt(await root(), parentOf(place), false);
        const names = [baseName(place)];
        // The root itself cannot be removed, only its entries.
        if (place === '') {
          names.pop();
          for await (const name of folder.keys()) names.push(name);
        }
        for (const name of names) await folder.removeEntry(name, { recursive: true });
      } catch (error) {
        throw fileError('remove', path, error);
      }
    },
    join: joinPosix,
  };
}

function entry(path: string, file: File): FileEntry {
  return { path, kind: 'file', size: file.size, lastModified: new Date(file.lastModified) };
}

/** Converts `path` to one relative to the root; the root itself is the empty string. */
function relative(path: string): string {
  const place = joinPosix(path).replace(/^\//, '');
  return place === '.' ? '' : place;
}
