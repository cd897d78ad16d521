/** Reads bytes from `start` to `end`, all of them. */
export type ReadBytes = (start: number, end: number) => Promise<Uint8Array>;

export interface BlockCache {
  /** The bytes from `start` to `end`, which must lie within the object. */
  read(start: number, end: number): Promise<Uint8Array>;
  /** Adds known bytes to the cache: the complete blocks in them. */
  fill(start: number, bytes: Uint8Array): void;
}

/**
 * A cache of equal blocks of an object of `size` bytes. Drops the least recently used blocks beyond `capacity` bytes. Adjacent
 * missing blocks are read together; a block that is being read is not read again.
 */
export function createBlockCache(size: number, blockSize: number, capacity: number, read: ReadBytes): BlockCache {
  const blocks = new Map<number, Promise<Uint8Array>>();
  const most = Math.max(1, Math.floor(capacity / blockSize));
  const startOf = (index: number) => index * blockSize;
  const endOf = (index: number) => Math.min(size, (index + 1) * blockSize);

  function keep(index: number, block: Promise<Uint8Array>): void {
    blocks.delete(index);
    blocks.set(index, block);
    for (const oldest of blocks.keys()) {
      if (blocks.size <= most) break;
      blocks.delete(oldest);
    }
  }

  /** Reads the blocks from `first` to `last` at once. */
  function fetchBlocks(first: number, last: number): Promise<Uint8Array>[] {
    const whole = read(startOf(first), endOf(last));
    const made: Promise<Uint8Array>[] = [];
    for (let index = first; index <= last; index++) {
      const from = startOf(index) - startOf(first);
      // A copy: a view would keep the neighboring blocks in memory.
      const block = whole.then((bytes) => bytes.slice(from, from + endOf(index) - startOf(index)));
      block.catch(() => {
        if (blocks.get(index) === block) blocks.delete(index);
      });
      keep(index, block);
      made.push(block);
    }
    return made;
  }

  return {
    async read(start, end) {
      if (end <= start) return new Uint8Array(0);
      // A read larger than the cache would only evict everything else.
      if (end - start > most * blockSize) return read(start, end);
      const first = Math.floor(start / blockSize);
      const last = Math.floor((end - 1) / blockSize);
      const wanted: Promise<Uint8Array>[] = [];
      for (let index = first; index <= last; ) {
        const known = blocks.get(index);
        if (known) {
          keep(index, known);
          wanted.push(known);
          index++;
          continue;
        }
        let until = index;
        while (until < last && !blocks.has(until + 1)) until++;
        wanted.push(...fetchBlocks(index, until));
        index = until + 1;
      }
      const result = new Uint8Array(end - start);
      for (const [offset, block] of (await Promise.all(wanted)).entries()) {
        const at = startOf(first + offset);
        const from = Math.max(0, start - at);
        result.set(block.subarray(from, end - at), at + from - start);
      }
      return result;
    },
    fill(start, bytes) {
      const end = start + bytes.length;
      for (let index = Math.ceil(start / blockSize); startOf(index) < end; index++) {
        if (endOf(index) > end) break;
        keep(index, Promise.resolve(bytes.slice(startOf(index) - start, endOf(index) - start)));
      }
    },
  };
}
