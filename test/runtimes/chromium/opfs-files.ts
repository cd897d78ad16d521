import { directoryFolder, directorySources } from 'kaggle-ts/browser';
import type { Files } from '../../conformance/context.ts';

async function walk(folder: FileSystemDirectoryHandle, prefix = ''): Promise<string[]> {
  const names: string[] = [];
  for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
    if (handle.kind === 'file') names.push(prefix + name);
    else names.push(...(await walk(handle as FileSystemDirectoryHandle, `${prefix}${name}/`)));
  }
  return names.sort();
}

async function fileAt(root: FileSystemDirectoryHandle, name: string, create: boolean): Promise<FileSystemFileHandle> {
  const folders = name.split('/');
  const base = folders.pop()!;
  let folder = root;
  for (const segment of folders) folder = await folder.getDirectoryHandle(segment, { create });
  return folder.getFileHandle(base, { create });
}

/** Files in the origin private file system of the page, each place a folder of its own. */
export function opfsFiles(): Files {
  let count = 0;
  const fresh = async () =>
    (await navigator.storage.getDirectory()).getDirectoryHandle(`place-${++count}`, { create: true });
  return {
    async place(files) {
      const root = await fresh();
      for (const [name, data] of Object.entries(files)) {
        const stream = await (await fileAt(root, name, true)).createWritable();
        await stream.write(data);
        await stream.close();
      }
      return directorySources(root);
    },
    async open() {
      const root = await fresh();
      return {
        target: directoryFolder(root),
        list: () => walk(root),
        async read(name) {
          return new Uint8Array(await (await (await fileAt(root, name, false)).getFile()).arrayBuffer());
        },
      };
    },
  };
}
