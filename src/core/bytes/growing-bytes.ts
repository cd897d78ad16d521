/** A byte array that grows as it is written, in any order. */
export interface GrowingBytes {
  readonly size: number;
  write(data: Uint8Array, position: number): void;
  /** The bytes from `start` to `end`, without a copy. */
  slice(start: number, end: number): Uint8Array;
  /** A copy of all bytes. */
  copy(): Uint8Array;
}

/** Creates an empty one; its array doubles when it is full. */
export function growingBytes(): GrowingBytes {
  let bytes = new Uint8Array(1024);
  let size = 0;
  return {
    get size() {
      return size;
    },
    write(data, position) {
      const end = position + data.length;
      if (end > bytes.length) {
        const larger = new Uint8Array(Math.max(end, bytes.length * 2));
        larger.set(bytes.subarray(0, size));
        bytes = larger;
      }
      bytes.set(data, position);
      size = Math.max(size, end);
    },
    slice: (start, end) => bytes.subarray(start, Math.min(end, size)),
    copy: () => bytes.slice(0, size),
  };
}
