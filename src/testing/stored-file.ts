/** Checksums of a file, in base64. */
export interface Checksums {
  crc32c: string;
  md5: string;
}

/** A file that can be downloaded. */
export interface StoredFile {
  /** Path within its dataset version or output, with `/` between folders. */
  name: string;
  /** All bytes. If they are stored on disk, each access reads them. */
  data: Uint8Array<ArrayBuffer>;
  /** Creation time in milliseconds since 1970. */
  created: number;
  /** Set if the bytes are stored on disk. */
  disk?: DiskBytes | undefined;
}

/** Bytes on disk, read on demand. */
export interface DiskBytes {
  /** Unique within the data folder. */
  readonly id: string;
  /** Number of bytes. */
  readonly size: number;
  /** Reads the bytes from `start` up to but not including `end`. */
  read(start: number, end: number): Uint8Array<ArrayBuffer>;
  /** Checksums; `undefined` until they are computed for the first time. */
  sums: Checksums | undefined;
}

/** A file whose bytes are on disk. Assigning `data` replaces them. */
export function diskFile(name: string, created: number, bytes: DiskBytes): StoredFile {
  return readFromDisk({ name, created } as StoredFile, bytes);
}

/** Makes `file` read its bytes from disk. Copies by `...` or to a worker have them in memory again. */
export function readFromDisk(file: StoredFile, bytes: DiskBytes): StoredFile {
  Object.defineProperty(file, 'disk', { value: bytes, configurable: true, enumerable: false, writable: true });
  return Object.defineProperty(file, 'data', {
    configurable: true,
    enumerable: true,
    get: () => bytes.read(0, bytes.size),
    set(data: Uint8Array) {
      file.disk = undefined;
      Object.defineProperty(file, 'data', { value: data, configurable: true, enumerable: true, writable: true });
    },
  });
}

/** A copy that does not change when the original does. */
export function copyOf(file: StoredFile): StoredFile {
  return file.disk ? diskFile(file.name, file.created, file.disk) : { ...file };
}

export function sizeOf(file: StoredFile): number {
  return file.disk?.size ?? file.data.length;
}

/** The bytes from `start` to `end`, as a copy. */
export function sliceOf(file: StoredFile, start: number, end: number): Uint8Array<ArrayBuffer> {
  return file.disk ? file.disk.read(start, end) : file.data.slice(start, end);
}

/** An object that stays the same as long as the content does, for caches. */
export function contentOf(file: StoredFile): object {
  return file.disk ?? file.data;
}
