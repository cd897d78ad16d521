import { isPartFile } from './part-names.ts';

/** A file that the user chose, as an input of uploads. */
export interface DirectoryFile {
  /** Path with `/`, relative to the chosen folder. */
  name: string;
  /** The file; its content was not read yet. */
  data: File;
  /** The handle of the file, if the browser has one. Uploads ignore it, `savedFiles()` stores it. */
  handle?: FileSystemFileHandle;
  /** The chosen folder. Permission to read it includes the file. */
  folder?: FileSystemDirectoryHandle;
}

/**
 * Lists all files below a folder that the user chose (`showDirectoryPicker()`), or of the origin private file system, sorted by
 * path. Does not read their contents.
 *
 * @returns Inputs for the `files` of an upload.
 * @example
 * ```ts
 * import { createClient, directorySources } from 'kaggle-ts/browser';
 * import { createOrVersion } from 'kaggle-ts/datasets';
 *
 * const files = await directorySources(await navigator.storage.getDirectory());
 * await createOrVersion(createClient({ endpoint: '/kaggle', credential: 'proxy' }), { owner: 'alice', slug: 'my-points', files });
 * ```
 */
export async function directorySources(handle: FileSystemDirectoryHandle): Promise<DirectoryFile[]> {
  const found: DirectoryFile[] = [];
  for await (const [name, file] of walkHandles(handle, ''))
    found.push({ name, data: await file.getFile(), handle: file, folder: handle });
  return found;
}

/** Iterates over the files below a folder, sorted by path, without unfinished downloads. */
export async function* walkHandles(
  folder: FileSystemDirectoryHandle,
  prefix: string,
): AsyncGenerator<[path: string, file: FileSystemFileHandle]> {
  const entries = new Map<string, FileSystemHandle>();
  for await (const [name, entry] of folder.entries()) {
    // A folder sorts with the slash that follows it in paths.
    if (!isPartFile(name)) entries.set(entry.kind === 'directory' ? `${name}/` : name, entry);
  }
  for (const name of [...entries.keys()].sort()) {
    const entry = entries.get(name);
    if (entry?.kind === 'directory') yield* walkHandles(entry as FileSystemDirectoryHandle, prefix + name);
    else yield [prefix + name, entry as FileSystemFileHandle];
  }
}
