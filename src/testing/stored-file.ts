/** In base64. */
export interface Checksums {
  crc32c: string;
  md5: string;
}

/** Bytes that can be downloaded. */
export interface StoredFile {
  name: string;
  /** All bytes. If they are `kept` outside of memory, each access reads them. */
  data: Uint8Array<ArrayBuffer>;
  created: number;
  /** Absent if the bytes are in memory. */
  kept?: KeptBytes | undefined;
}

/** Bytes that are read on demand. */
export interface KeptBytes {
  /** Unique within the store. */
  readonly id: string;
  readonly size: number;
  read(start: number, end: number): Uint8Array<ArrayBuffer>;
  /** `undefined` until they are first computed. */
  sums: Checksums | undefined;
}

/** A file whose bytes are kept. Assigning `data` replaces them. */
export function keptFile(name: string, created: number, kept: KeptBytes): StoredFile {
  return keep({ name, created } as StoredFile, kept);
}

/** Replaces the bytes of `file` in memory by kept ones. Copies by `...` or to a worker have them in memory again. */
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

/** A copy that does not change with the original. */
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

/** The identity of the content: the same object as long as the content is the same. */
export function contentOf(file: StoredFile): object {
  return file.kept ?? file.data;
}
