import { builtin } from '../../platform/common/node-modules.ts';
import { type ByteStorage, type ByteStore, createByteStore } from '../byte-store.ts';
import type { Checksums } from '../stored-file.ts';
import { type DiskBytes, diskFile, readFromDisk, type StoredFile } from '../stored-file.ts';
import { mode, namesIn, onDisk, remove, sizeAt } from './disk.ts';

/** File contents, by id. */
export interface Blobs {
  /** The bytes of an upload, of which `length` have arrived; `sums` are theirs, if known. */
  store(id: string, length?: number, sums?: Checksums): ByteStore;
  /** How many bytes have arrived. */
  sizeOf(id: string): number;
  /** A file with stored bytes. */
  file(name: string, created: number, id: string, size: number, sums: Checksums | undefined): StoredFile;
  /** Writes the bytes of a file, and releases them from memory. */
  keep(file: StoredFile): DiskBytes;
  /** Removes all blobs but these. */
  sweep(used: ReadonlySet<string>): void;
}

function read(path: string, start: number, end: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(end - start);
  if (bytes.length === 0) return bytes;
  return onDisk('read', path, (fs) => {
    const file = fs.openSync(path, 'r');
    try {
      let at = 0;
      while (at < bytes.length) {
        const count = fs.readSync(file, bytes, at, bytes.length - at, start + at);
        if (count === 0) throw new Error(`the file is truncated at byte ${start + at}`);
        at += count;
      }
      return bytes;
    } finally {
      fs.closeSync(file);
    }
  });
}

function write(path: string, chunk: Uint8Array, at: number): void {
  onDisk('write', path, (fs) => {
    if (at === 0) fs.writeFileSync(path, '', { mode });
    const file = fs.openSync(path, 'r+');
    try {
      let done = 0;
      while (done < chunk.length) done += fs.writeSync(file, chunk, done, chunk.length - done, at + done);
    } finally {
      fs.closeSync(file);
    }
  });
}

/** The blobs in a folder. */
export function openBlobs(folder: string): Blobs {
  const place = (id: string) => builtin('node:path').join(folder, id);
  const bytesOf = (id: string, size: number, sums: Checksums | undefined): DiskBytes => ({
    id,
    size,
    sums,
    read: (start, end) => read(place(id), start, end),
  });
  const storageOf = (id: string): ByteStorage => ({
    write: (chunk, at) => write(place(id), chunk, at),
    read: (start, end) => read(place(id), start, end),
    cut: (length) => onDisk('truncate', place(id), (fs) => fs.truncateSync(place(id), length)),
    file: (name, created, length, sums) => diskFile(name, created, bytesOf(id, length, sums)),
  });
  return {
    store: (id, length = 0, sums) => createByteStore(storageOf(id), length, sums),
    sizeOf: (id) => sizeAt(place(id)) ?? 0,
    file: (name, created, id, size, sums) => diskFile(name, created, bytesOf(id, size, sums)),
    keep(file) {
      if (file.disk) return file.disk;
      const id = crypto.randomUUID();
      const { data } = file;
      onDisk('write', place(id), (fs) => fs.writeFileSync(place(id), data, { mode }));
      const bytes = bytesOf(id, data.length, undefined);
      readFromDisk(file, bytes);
      return bytes;
    },
    sweep(used) {
      for (const id of namesIn(folder)) if (!used.has(id)) remove(place(id));
    },
  };
}
