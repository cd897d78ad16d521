/** A buffer for a while. Its content is what its last user left. */
export interface LentBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Gives it back, once; `false` where something may still write to it or read from it. */
  release(reusable?: boolean): void;
}

const spare: Uint8Array<ArrayBuffer>[] = [];
let lent = 0;

/**
 * A buffer of `size` bytes or more that is used again: to make one costs as much as to read a small file into it, and
 * brings the next run of the garbage collector closer. None is kept when nobody has one.
 */
export function lendBuffer(size: number): LentBuffer {
  const last = spare.pop();
  const bytes = last && last.length >= size ? last : new Uint8Array(size);
  lent += 1;
  return {
    bytes,
    release(reusable = true) {
      lent -= 1;
      if (lent === 0) spare.length = 0;
      else if (reusable) spare.push(bytes);
    },
  };
}
