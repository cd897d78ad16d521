import { createSums, remember } from './checksums.ts';
import type { Checksums, StoredFile } from './stored-file.ts';

/** The bytes of an upload: they are appended, and hashed as they arrive. */
export interface ByteStore {
  /** Number of bytes. */
  readonly length: number;
  /** Adds bytes at the end. */
  append(chunk: Uint8Array): void;
  /** Drops everything after the first `length` bytes. */
  truncate(length: number): void;
  /** Returns the checksums of all bytes. */
  sums(): Checksums;
  /** Returns all bytes. Nothing may be appended afterwards. */
  whole(): Uint8Array<ArrayBuffer>;
  /** Returns all bytes as a file, without copying them. Nothing may be appended afterwards. */
  file(name: string, created: number): StoredFile;
}

/** The storage of a byte store. */
export interface ByteStorage {
  write(chunk: Uint8Array, at: number): void;
  read(start: number, end: number): Uint8Array;
  /** Drops all bytes after the first `length`. */
  cut(length: number): void;
  /** The first `length` bytes as a file, with their checksums if known. */
  file(name: string, created: number, length: number, sums: Checksums | undefined): StoredFile;
}

/** Number of bytes that are hashed at once. */
const piece = 2 ** 22;

/** A store over `storage`, which already has the first `before` bytes; `sumsBefore` are theirs, if known. */
export function createByteStore(storage: ByteStorage, before = 0, sumsBefore?: Checksums): ByteStore {
  let length = before;
  let known = sumsBefore;
  let sums = createSums();
  let hashed = 0;

  return {
    get length() {
      return length;
    },
    append(chunk) {
      storage.write(chunk, length);
      if (hashed === length) {
        sums.update(chunk);
        hashed += chunk.length;
      }
      length += chunk.length;
      known = undefined;
    },
    truncate(to) {
      if (to >= length) return;
      if (to < hashed || known) {
        sums = createSums();
        hashed = 0;
      }
      known = undefined;
      length = to;
      storage.cut(to);
    },
    sums() {
      if (known) return known;
      for (; hashed < length; hashed = Math.min(length, hashed + piece))
        sums.update(storage.read(hashed, Math.min(length, hashed + piece)));
      known = sums.digest();
      return known;
    },
    whole: () => storage.file('', 0, length, known).data,
    file(name, created) {
      if (hashed === length) known ??= sums.digest();
      return storage.file(name, created, length, known);
    },
  };
}

/** Announced sizes above this are ignored: memory is allocated as bytes arrive. */
const largestAtOnce = 2 ** 32;
/**
 * Share of the announced size that must have arrived before all of it is allocated: an announcement costs a client
 * nothing.
 */
const trustedFrom = 1 / 16;

/** Storage in memory for the announced `size`, allocated as bytes are written. */
export function memoryStorage(size: number | undefined): ByteStorage {
  let memory = new Uint8Array(0);

  function reserve(wanted: number, used: number): void {
    if (wanted <= memory.length) return;
    const isTrusted = size !== undefined && size <= largestAtOnce && wanted >= size * trustedFrom;
    const next = new Uint8Array(Math.max(wanted, isTrusted ? size : memory.length * 2));
    next.set(memory.subarray(0, used));
    memory = next;
  }

  return {
    write(chunk, at) {
      reserve(at + chunk.length, at);
      memory.set(chunk, at);
    },
    read: (start, end) => memory.subarray(start, end),
    cut() {},
    file(name, created, length, sums) {
      if (memory.length !== length) memory = memory.slice(0, length);
      if (sums) remember(memory, sums);
      return { name, data: memory, created };
    },
  };
}
