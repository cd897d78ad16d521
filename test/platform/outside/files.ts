import { type ByteSource, type FileEntry, type FileSystem, TransferError } from '../../../src/index.ts';

interface Stored {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly lastModified: Date;
}

/** The files of a runtime that only knows whole values by key, as a flash drive or a database does. */
export function keyedFiles(values: Map<string, Stored>): FileSystem {
  const stored = (path: string): Stored => {
    const found = values.get(path);
    if (found) return found;
    throw new TransferError(`cannot read "${path}": no such file`, { file: path });
  };
  const entry = (path: string, { data, lastModified }: Stored): FileEntry => ({
    path,
    kind: 'file',
    size: data.length,
    lastModified,
  });
  const below = (folder: string): string[] => [...values.keys()].filter((key) => key.startsWith(`${folder}/`)).sort();

  return {
    async source(path): Promise<ByteSource> {
      const { data, lastModified } = stored(path);
      return {
        name: path.slice(path.lastIndexOf('/') + 1),
        key: `drive:${path}`,
        size: data.length,
        lastModified,
        slice: (start, end) => new Blob([data.subarray(start, end)]).stream(),
        identity: async () => `${stored(path).data.length}-${stored(path).lastModified.getTime()}`,
      };
    },
    async sink(path) {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let size = 0;
      return {
        async write(data, position) {
          if (position !== size)
            throw new TransferError(`cannot write "${path}": bytes come in order only`, { file: path });
          chunks.push(new Uint8Array(data));
          size += data.length;
        },
        async commit({ lastModified = new Date() } = {}) {
          const data = new Uint8Array(await new Blob(chunks).arrayBuffer());
          values.set(path, { data, lastModified });
        },
        async abort() {
          chunks.length = 0;
        },
      };
    },
    async stat(path) {
      const found = values.get(path);
      if (found) return entry(path, found);
      if (below(path).length === 0) return undefined;
      return { path, kind: 'directory', size: 0, lastModified: new Date(0) };
    },
    async *walk(path) {
      for (const key of below(path)) yield entry(key.slice(path.length + 1), stored(key));
    },
    async readText(path) {
      const found = values.get(path);
      return found && new TextDecoder().decode(found.data);
    },
    // Folders are there as soon as something is in them.
    async mkdir() {},
    async remove(path) {
      for (const key of [path, ...below(path)]) values.delete(key);
    },
    join: (...parts) => parts.filter((part) => part !== '').join('/'),
  };
}
