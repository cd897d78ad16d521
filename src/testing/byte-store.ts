import { type Checksums, createSums, remember } from './checksums.ts';

/** The bytes of an upload: added at the end, hashed as they come. */
export interface ByteStore {
  readonly length: number;
  append(chunk: Uint8Array): void;
  /** Forgets all after the first `length` bytes. */
  truncate(length: number): void;
  /** All bytes, without a copy; nothing may be added afterwards. */
  whole(): Uint8Array<ArrayBuffer>;
  sums(): Checksums;
}

/** Larger announcements are not believed at once: room is made as the bytes come. */
const largestAtOnce = 2 ** 32;

/** A store with room for the announced `size`, which costs memory only where bytes are written. */
export function createByteStore(size: number | undefined): ByteStore {
  let room = new Uint8Array(0);
  let length = 0;
  let sums = createSums();
  let hashed = 0;

  function reserve(wanted: number): void {
    if (wanted <= room.length) return;
    const announced = size !== undefined && size <= largestAtOnce ? size : 0;
    const next = new Uint8Array(Math.max(wanted, announced, room.length * 2));
    next.set(room.subarray(0, length));
    room = next;
  }

  return {
    get length() {
      return length;
    },
    append(chunk) {
      reserve(length + chunk.length);
      room.set(chunk, length);
      if (hashed === length) {
        sums.update(chunk);
        hashed += chunk.length;
      }
      length += chunk.length;
    },
    truncate(to) {
      if (to < hashed) {
        sums = createSums();
        hashed = 0;
      }
      length = Math.min(length, to);
    },
    whole() {
      if (room.length !== length) room = room.slice(0, length);
      return room;
    },
    sums() {
      if (hashed < length) sums.update(room.subarray(hashed, length));
      hashed = length;
      const result = sums.digest();
      remember(this.whole(), result);
      return result;
    },
  };
}
