import { errorCode, fileError } from '../../core/bytes/file-error.ts';
import { TransferError } from '../../core/errors.ts';
import { openDatabase } from './database.ts';
import type { DirectoryFile } from './directory-sources.ts';
import { askToRead, isReadable } from './permission.ts';

/** A file that was loaded from `savedFiles()`, as an input of uploads. */
export interface SavedFile extends DirectoryFile {
  /** The file on disk has another size or time than when it was saved. Its upload starts over. */
  changed?: true;
}

/** What `savedFiles()` lists of one set of files. */
export interface SavedFileSet {
  /** The argument of `save`. */
  id: string;
  /** When it was saved. */
  savedAt: Date;
  /** Bytes of all files. */
  size: number;
  /** The files when they were saved; `lastModified` in milliseconds since 1970. */
  files: { name: string; size: number; lastModified: number }[];
  /** `load` will ask the user for permission to read the files: call it in a click handler. */
  needsPermission: boolean;
}

/** Stores chosen files in the browser, so that their upload can resume after a reload without choosing them again. */
export interface SavedFiles {
  /**
   * Saves files as the set `id`, and replaces an earlier one. Files with a `handle` stay on disk; of others the browser stores a
   * copy, which needs as much storage.
   *
   * @throws `TransferError` if the storage is full or blocked, or a file cannot be read.
   */
  save(id: string, files: readonly (File | DirectoryFile)[]): Promise<void>;
  /**
   * Loads the set `id`; resolves to `undefined` if there is none. Asks the user for permission if the browser requires it: call it
   * in a click handler if `needsPermission`.
   *
   * @throws `TransferError` if permission is denied, or a file no longer exists.
   */
  load(id: string): Promise<SavedFile[] | undefined>;
  /** Removes the set `id`. Does nothing if there is none. */
  remove(id: string): Promise<void>;
  /** Lists all sets, the oldest first. */
  list(): Promise<SavedFileSet[]>;
}

/** One file as it is stored: with a handle or a copy. */
interface StoredFile {
  name: string;
  size: number;
  lastModified: number;
  handle?: FileSystemFileHandle;
  folder?: FileSystemDirectoryHandle;
  copy?: File;
}

interface StoredSet {
  id: string;
  savedAt: number;
  files: StoredFile[];
}

/**
 * Returns a store of chosen files in IndexedDB. With `indexedDbState()` and the same call, an upload resumes after a reload by
 * itself: only the missing bytes are sent.
 *
 * @param database - Name of the database. @default 'kaggle-ts-files'
 * @example
 * ```ts
 * import { browserPlatform, createClient, indexedDbState, savedFiles } from 'kaggle-ts/browser';
 * import { createOrVersion } from 'kaggle-ts/datasets';
 *
 * const platform = browserPlatform({ state: indexedDbState() });
 * const client = createClient({ endpoint: '/kaggle', credential: 'proxy', platform });
 * const saved = savedFiles();
 *
 * export async function upload(slug: string, chosen?: File[]) {
 *   if (chosen) await saved.save(slug, chosen);
 *   const files = await saved.load(slug);
 *   if (!files) return;
 *   await createOrVersion(client, { owner: 'alice', slug, title: 'My points', files });
 *   await saved.remove(slug);
 * }
 * // After a reload: for (const { id } of await saved.list()) await upload(id);
 * ```
 */
export function savedFiles(database = 'kaggle-ts-files'): SavedFiles {
  const run = openDatabase(database, 'sets');

  return {
    async save(id, files) {
      const set: StoredSet = { id, savedAt: Date.now(), files: files.map(stored) };
      const put = () =>
        run('readwrite', (objects) => objects.put(set, id), sizeOf(set.files.filter(({ copy }) => copy)));
      try {
        await put().catch((error: unknown) => {
          // Some browsers cannot store handles.
          if (errorCode(error) !== 'DataCloneError') throw error;
          set.files = files.map(inputOf).map(({ name, data }) => stored({ name, data }));
          return put();
        });
      } catch (error) {
        for (const { name, data } of files.map(inputOf)) await checkReadable(name, data);
        throw error instanceof TransferError ? error : fileError('save', id, error);
      }
    },
    async load(id) {
      const set = await run<StoredSet | undefined>('readonly', (objects) => objects.get(id));
      if (!set) return undefined;
      await askToRead(holders(set));
      return Promise.all(set.files.map(opened));
    },
    remove: (id) => run('readwrite', (objects) => objects.delete(id)),
    async list() {
      const sets = await run<StoredSet[]>('readonly', (objects) => objects.getAll());
      sets.sort((a, b) => a.savedAt - b.savedAt);
      return Promise.all(
        sets.map(async (set) => ({
          id: set.id,
          savedAt: new Date(set.savedAt),
          size: sizeOf(set.files),
          files: set.files.map(({ name, size, lastModified }) => ({ name, size, lastModified })),
          needsPermission: (await Promise.all([...holders(set)].map(isReadable))).includes(false),
        })),
      );
    },
  };
}

function inputOf(file: File | DirectoryFile): DirectoryFile {
  return file instanceof Blob ? { name: file.webkitRelativePath || file.name, data: file } : file;
}

function stored(file: File | DirectoryFile): StoredFile {
  const { name, data, handle, folder } = inputOf(file);
  const { size, lastModified } = data;
  return { name, size, lastModified, ...(handle ? { handle, ...(folder && { folder }) } : { copy: data }) };
}

function sizeOf(files: readonly StoredFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/** The handles for which permission is needed. That for a folder includes its files. */
function holders({ files }: StoredSet): Set<FileSystemHandle> {
  return new Set(files.flatMap(({ handle, folder }) => folder ?? handle ?? []));
}

async function checkReadable(name: string, file: File): Promise<void> {
  await file
    .slice(0, 1)
    .arrayBuffer()
    .catch((error: unknown) => {
      throw fileError('read', name, error);
    });
}

async function opened({ name, size, lastModified, handle, folder, copy }: StoredFile): Promise<SavedFile> {
  if (!handle) return { name, data: copy! };
  const data = await handle.getFile().catch((error: unknown) => {
    throw fileError('read', name, error);
  });
  const changed = data.size !== size || data.lastModified !== lastModified;
  return { name, data, handle, ...(folder && { folder }), ...(changed && { changed }) };
}
