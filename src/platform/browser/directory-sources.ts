/** A file of a folder that the user chose, as the upload verbs take it. */
export interface DirectoryFile {
  /** Path below the folder, with `/`. */
  name: string;
  data: File;
}

/**
 * All files below a folder that the user chose (`showDirectoryPicker`, a drop) or of the origin private file system,
 * sorted by path: `files: await directorySources(handle)`. The contents are not read yet.
 */
export async function directorySources(handle: FileSystemDirectoryHandle): Promise<DirectoryFile[]> {
  const found: DirectoryFile[] = [];
  for await (const [name, file] of walkHandles(handle, '')) found.push({ name, data: await file.getFile() });
  return found;
}

/** The files below a folder by path, in the order of the whole paths. */
export async function* walkHandles(
  folder: FileSystemDirectoryHandle,
  prefix: string,
): AsyncGenerator<[path: string, file: FileSystemFileHandle]> {
  const entries = new Map<string, FileSystemHandle>();
  for await (const [name, entry] of folder.entries()) {
    // A folder sorts as its name with the slash that its files have.
    entries.set(entry.kind === 'directory' ? `${name}/` : name, entry);
  }
  for (const name of [...entries.keys()].sort()) {
    const entry = entries.get(name);
    if (entry?.kind === 'directory') yield* walkHandles(entry as FileSystemDirectoryHandle, prefix + name);
    else yield [prefix + name, entry as FileSystemFileHandle];
  }
}
