/** Returns the next bytes, in chunks of any size; `undefined` at the end. */
export type NextChunk = () => Promise<Uint8Array | undefined>;

/** Reads pieces of a wanted length from chunks of any length. */
export interface ByteCursor {
  /** Bytes taken so far, plus the start position. */
  readonly position: number;
  /** Exactly `count` bytes, or fewer at the end. The caller owns them. */
  take(count: number): Promise<Uint8Array>;
  /** At least one byte and at most `limit`; `undefined` at the end. */
  some(limit: number): Promise<Uint8Array | undefined>;
  /** Up to `count` of the next bytes, without taking them; fewer only at the end. */
  peek(count: number): Promise<Uint8Array>;
  skip(count: number): Promise<void>;
}

/** A cursor over chunks; `position` begins at `start`. */
export function createCursor(next: NextChunk, start = 0): ByteCursor {
  let rest: Uint8Array = new Uint8Array(0);
  let position = start;

  async function some(limit: number): Promise<Uint8Array | undefined> {
    while (rest.length === 0) {
      const chunk = await next();
      if (!chunk) return undefined;
      rest = chunk;
    }
    const piece = rest.subarray(0, limit);
    rest = rest.subarray(piece.length);
    position += piece.length;
    return piece;
  }

  return {
    get position() {
      return position;
    },
    some,
    async take(count) {
      // Always a copy: a view would keep its whole chunk in memory.
      const whole = new Uint8Array(count);
      let filled = 0;
      while (filled < count) {
        const piece = await some(count - filled);
        if (!piece) return whole.subarray(0, filled);
        whole.set(piece, filled);
        filled += piece.length;
      }
      return whole;
    },
    async peek(count) {
      if (rest.length >= count) return rest.subarray(0, count);
      let joined = new Uint8Array(count);
      let filled = rest.length;
      joined.set(rest);
      while (filled < count) {
        const chunk = await next();
        if (!chunk) break;
        // Only the last chunk can be too long: a server that sends single bytes must not cause a copy of everything for each.
        if (filled + chunk.length > count) {
          const longer = new Uint8Array(filled + chunk.length);
          longer.set(joined.subarray(0, filled));
          joined = longer;
        }
        joined.set(chunk, filled);
        filled += chunk.length;
      }
      rest = joined.subarray(0, filled);
      return rest.subarray(0, count);
    },
    async skip(count) {
      for (let remaining = count; remaining > 0; ) {
        const piece = await some(remaining);
        if (!piece) return;
        remaining -= piece.length;
      }
    },
  };
}

/** A view of bytes, wherever they start in their buffer. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
