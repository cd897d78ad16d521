/** The position in the sequences of ids and random digits. */
export interface IdPosition {
  lastId: number;
  random: number;
}

export interface Ids {
  /** Returns an unused id. */
  id(): number;
  /** Returns random hexadecimal digits. */
  hex(length: number): string;
  position(): IdPosition;
  moveTo(position: IdPosition): void;
}

/** Ids and digits that depend on the start position only, by a small random number generator (mulberry32). */
export function createIds(start: IdPosition): Ids {
  let last = start.lastId;
  let state = start.random >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    id: () => last++,
    hex: (length) => Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join(''),
    position: () => ({ lastId: last, random: state }),
    moveTo({ lastId, random }) {
      last = lastId;
      state = random >>> 0;
    },
  };
}
