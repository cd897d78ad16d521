import { fileError } from '../../core/bytes/file-error.ts';
import { type DirectoryFile, walkHandles } from './directory-sources.ts';

/** Chromium's way to a dropped file or folder, which gives handles. Only in secure contexts. */
interface HandleItem extends DataTransferItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/**
 * Lists the files of a drop, or of an `<input type="file">`, sorted by path. Files of folders are included, with the name of the
 * folder: `points/a.csv`. Does not read their contents.
 *
 * @param from - The `dataTransfer` of a drop event: pass it before the first `await` of the event handler, as browsers empty it
 *   afterwards. Or the `files` of an input, which contains a folder if it has the attribute `webkitdirectory`.
 * @returns Inputs for the `files` of an upload.
 * @throws `TransferError` if a file or folder cannot be read.
 * @example
 * ```ts
 * import { createClient, droppedFiles } from 'kaggle-ts/browser';
 * import { createOrVersion } from 'kaggle-ts/datasets';
 *
 * const client = createClient({ endpoint: '/kaggle', credential: 'proxy' });
 * document.addEventListener('dragover', (event) => event.preventDefault());
 * document.addEventListener('drop', async (event) => {
 *   event.preventDefault();
 *   const files = await droppedFiles(event.dataTransfer!);
 *   await createOrVersion(client, { owner: 'alice', slug: 'my-points', title: 'My points', files });
 * });
 * ```
 */
export async function droppedFiles(from: DataTransfer | Iterable<File>): Promise<DirectoryFile[]> {
  const sources = Symbol.iterator in from ? [...from].map(chosen) : [...from.items].flatMap(dropped);
  const files = (await Promise.all(sources)).flat();
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function chosen(file: File): DirectoryFile[] {
  return [{ name: file.webkitRelativePath || file.name, data: file }];
}

/** Begins to read one item of a drop. Everything of the item that is needed later is taken before it returns. */
function dropped(item: HandleItem): Promise<DirectoryFile[]>[] {
  if (item.kind !== 'file') return [];
  const entry = item.webkitGetAsEntry();
  const file = item.getAsFile();
  const name = entry?.name ?? file?.name ?? '';
  const reading = (): Promise<DirectoryFile[]> => {
    if (entry?.isDirectory) return entryFiles(entry, '');
    return Promise.resolve(file ? [{ name, data: file }] : []);
  };
  const handle = item.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null);
  return [
    handle
      .then((found) => (found ? handleFiles(found) : reading()))
      .catch((error: unknown) => {
        throw fileError('read', name, error);
      }),
  ];
}

async function handleFiles(handle: FileSystemHandle): Promise<DirectoryFile[]> {
  if (handle.kind === 'file') {
    const file = handle as FileSystemFileHandle;
    return [{ name: file.name, data: await file.getFile(), handle: file }];
  }
  const folder = handle as FileSystemDirectoryHandle;
  const files: DirectoryFile[] = [];
  for await (const [name, file] of walkHandles(folder, `${folder.name}/`)) {
    const data = await file.getFile().catch((error: unknown) => {
      throw fileError('read', name, error);
    });
    files.push({ name, data, handle: file, folder });
  }
  return files;
}

/** The files of a folder in browsers without handles for drops. */
async function entryFiles(entry: FileSystemEntry, prefix: string): Promise<DirectoryFile[]> {
  const name = prefix + entry.name;
  if (entry.isFile) {
    const data = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ name, data }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: DirectoryFile[] = [];
  for (;;) {
    // Each call returns a part of the entries, and none at the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return files;
    for (const child of entries) files.push(...(await entryFiles(child, `${name}/`)));
  }
}
