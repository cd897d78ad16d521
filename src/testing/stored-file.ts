import type { Checksums } from './checksums.ts';

/** Bytes that can be downloaded. */
export interface StoredFile {
  name: string;
  /** All bytes; where they are `kept` outside of memory, each look reads them. */
  data: Uint8Array<ArrayBuffer>;
  created: number;
  /** Absent when the bytes are in memory. */
  kept?: KeptBytes | undefined;
}

/** Bytes that are read when they are asked for. */
export interface KeptBytes {
  /** Their name among all that is kept. */
  readonly id: string;
  readonly size: number;
  read(start: number, end: number): Uint8Array<ArrayBuffer>;
  /** `undefined` until they were worked out once. */
  sums: Checksums | undefined;
}

/** A file whose bytes are kept. Other bytes may be put in their place. */
export function keptFile(name: string, created: number, kept: KeptBytes): StoredFile {
  return keep({ name, created } as StoredFile, kept);
}

/** Lets go of the bytes of `file`, which are kept from now on. A copy by `...` or to a worker has them in memory again. */
export function keep(file: StoredFile, kept: KeptBytes): StoredFile {
  Object.defineProperty(file, 'kept', { value: kept, configurable: true, enumerable: false, writable: true });
  return Object.defineProperty(file, 'data', {
    configurable: true,
    enumerable: true,
    get: () => kept.read(0, kept.size),
    set(data: Uint8Array) {
      file.kept = undefined;
      Object.defineProperty(file, 'data', { value: data, configurable: true, enumerable: true, writable: true });
    },
  });
}

/** A file with the same content, which stays when the other's changes. */
export function copyOf(file: StoredFile): StoredFile {
  return file.kept ? keptFile(file.name, file.created, file.kept) : { ...file };
}

export function sizeOf(file: StoredFile): number {
  return file.kept?.size ?? file.data.length;
}

/** The bytes from `start` to `end`, as a copy. */
export function sliceOf(file: StoredFile, start: number, end: number): Uint8Array<ArrayBuffer> {
  return file.kept ? file.kept.read(start, end) : file.data.slice(start, end);
}

/** What stands for the content: the same object as long as the content is the same. */
export function contentOf(file: StoredFile): object {
  return file.kept ?? file.data;
}
