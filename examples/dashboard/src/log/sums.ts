/** A list of counts whose sums are found quickly: the rows of each line, or the matches in it. */
export interface Sums {
  readonly length: number;
  readonly total: number;
  get(index: number): number;
  /** Sets the count of an item; the list grows as needed. */
  set(index: number, count: number): void;
  /** Sum of the counts before `index`. */
  before(index: number): number;
  /** The item that contains position `at` of the sum, and the position in it. `at` is less than `total`. */
  find(at: number): { index: number; offset: number };
}

/** Items per block. */
const size = 512;

export function createSums(): Sums {
  let counts = new Uint32Array(size);
  const blocks: number[] = [];
  let length = 0;
  let total = 0;

  return {
    get length() {
      return length;
    },
    get total() {
      return total;
    },
    get: (index) => (index < length ? counts[index]! : 0),
    set(index, count) {
      if (index >= counts.length) {
        const larger = new Uint32Array(Math.max(2 * counts.length, index + 1));
        larger.set(counts);
        counts = larger;
      }
      length = Math.max(length, index + 1);
      const change = count - counts[index]!;
      if (change === 0) return;
      counts[index] = count;
      total += change;
      const block = Math.floor(index / size);
      while (blocks.length <= block) blocks.push(0);
      blocks[block]! += change;
    },
    before(index) {
      const block = Math.floor(index / size);
      let sum = 0;
      for (let at = 0; at < Math.min(block, blocks.length); at++) sum += blocks[at]!;
      for (let at = block * size; at < Math.min(index, length); at++) sum += counts[at]!;
      return sum;
    },
    find(at) {
      let offset = at;
      let block = 0;
      while (block < blocks.length - 1 && offset >= blocks[block]!) offset -= blocks[block++]!;
      let index = block * size;
      while (index < length - 1 && offset >= counts[index]!) offset -= counts[index++]!;
      return { index, offset };
    },
  };
}
