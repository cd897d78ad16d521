/** A borrowed buffer. It contains what its last user left in it. */
export interface LentBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Returns the buffer to the pool, once. Pass `false` if something may still read or write it. */
  release(reusable?: boolean): void;
}

const spare: Uint8Array<ArrayBuffer>[] = [];
let lent = 0;

/**
 * Borrows a buffer of at least `size` bytes from a pool. Allocating one costs as much as reading a small file into it, and
 * triggers garbage collection sooner. The pool is emptied when no buffer is borrowed.
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
