import type { ByteSink, Hasher } from '../../platform.ts';

/**
 * 256 KiB. Larger writes are about a third faster than writing network chunks; even larger ones are no faster and take more memory
 * per connection.
 */
export const batchSize: number = 2 ** 18;

/** Writes of one range that may be pending while the next batch is collected. */
const maxPendingWrites = 2;

/** Buffers for batches, reused if the sink is done with them when a write ends. */
export interface Buffers {
  readonly size: number;
  get(): Uint8Array;
  giveBack(buffer: Uint8Array): void;
}

/** Buffers of `size` bytes. Set `reuse` only for a sink that keeps no reference to the data. */
export function createBuffers(size: number, reuse: boolean): Buffers {
  const free: Uint8Array[] = [];
  return {
    size,
    get: () => free.pop() ?? new Uint8Array(size),
    giveBack(buffer) {
      if (reuse) free.push(buffer);
    },
  };
}

/** Writes the bytes of one range to a sink in large batches, and hashes them on the way. */
export interface Receiver {
  readonly start: number;
  /** Position of the next byte. */
  readonly at: number;
  /** Everything before it was written to the sink. */
  readonly written: number;
  /** Takes the next bytes. Await the result before the next call. */
  take(chunk: Uint8Array): Promise<void> | undefined;
  /** Writes the collected rest and waits for all writes. */
  flush(): Promise<void>;
  /** Call it once, after `flush`. */
  digest(): Promise<Uint8Array | undefined>;
}

export interface ReceiverOptions {
  sink: Pick<ByteSink, 'write'>;
  /** Position of the first byte. Bytes before it belong to other receivers. */
  start: number;
  /**
   * Position of the first missing byte.
   * @default start
   */
  at?: number | undefined;
  hasher: Hasher | undefined;
  buffers: Buffers;
  /** Called after each write. */
  onWritten?(): void;
}

export function createReceiver({ sink, start, at = start, hasher, buffers, onWritten }: ReceiverOptions): Receiver {
  let batch: Uint8Array | undefined;
  let filled = 0;
  let sent = at;
  let written = at;
  const writes: Promise<void>[] = [];

  async function finish(write: Promise<void>, hashed: void | Promise<void>, before: Promise<void> | undefined) {
    await write;
    await hashed;
    await before;
  }
  /** Starts a write, and hashes meanwhile. */
  function begin(data: Uint8Array, done: () => void): void {
    const write = sink.write(data, sent);
    sent += data.length;
    const end = sent;
    const ended = finish(write, hasher?.update(data), writes.at(-1)).then(() => {
      written = end;
      done();
      onWritten?.();
    });
    // The next await sees the failure; there may be none yet.
    ended.catch(() => undefined);
    writes.push(ended);
  }
  async function settle(most: number): Promise<void> {
    while (writes.length > most) {
      await writes[0];
      writes.shift();
    }
  }
  async function writeBatch(): Promise<void> {
    const data = batch;
    if (!data || filled === 0) return;
    const part = data.subarray(0, filled);
    batch = undefined;
    filled = 0;
    await settle(maxPendingWrites - 1);
    begin(part, () => buffers.giveBack(data));
  }
  async function takeLarge(chunk: Uint8Array): Promise<void> {
    for (let from = 0; from < chunk.length; ) {
      batch ??= buffers.get();
      const piece = chunk.subarray(from, from + buffers.size - filled);
      batch.set(piece, filled);
      filled += piece.length;
      from += piece.length;
      if (filled === buffers.size) await writeBatch();
    }
  }

  return {
    start,
    get at() {
      return sent + filled;
    },
    get written() {
      return written;
    },
    take(chunk) {
      if (!batch || filled + chunk.length >= buffers.size) return takeLarge(chunk);
      batch.set(chunk, filled);
      filled += chunk.length;
      return undefined;
    },
    async flush() {
      await writeBatch();
      await settle(0);
    },
    async digest() {
      return hasher?.digest();
    },
  };
}
