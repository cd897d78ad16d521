import type { ByteSink, Hasher } from '../../platform.ts';

/**
 * 256 KiB: larger writes are about a third faster than writing what the network hands over; still larger ones are no
 * faster, and take more memory with each connection.
 */
export const batchSize: number = 2 ** 18;

/** Writes of one range that may be under way while the next batch is collected. */
const depth = 2;

/** Buffers for what is collected, which go around where the sink is done with them when a write has ended. */
export interface Buffers {
  readonly size: number;
  get(): Uint8Array;
  giveBack(buffer: Uint8Array): void;
}

/** Buffers of `size` bytes. `reuse` only for a sink that keeps nothing of what it was handed. */
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

/** Writes the bytes of one range to a sink as they come, in large pieces, and hashes them on the way. */
export interface Receiver {
  readonly start: number;
  /** The next byte that is to come. */
  readonly at: number;
  /** All before it is with the sink. */
  readonly written: number;
  /** Takes what comes next; what it answers must be waited for before more is taken. */
  take(chunk: Uint8Array): Promise<void> | undefined;
  /** Writes what is still held back, and waits for all of it. */
  flush(): Promise<void>;
  /** After `flush`, once. */
  digest(): Promise<Uint8Array | undefined>;
}

export interface ReceiverOptions {
  sink: Pick<ByteSink, 'write'>;
  /** Position of the first byte; what is before it is somebody else's, but for `at`. */
  start: number;
  /** The first that is still to come; default `start`. */
  at?: number | undefined;
  hasher: Hasher | undefined;
  buffers: Buffers;
  /** Told of each write that has ended. */
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
  /** Begins a write; hashes meanwhile. */
  function begin(data: Uint8Array, done: () => void): void {
    const write = sink.write(data, sent);
    sent += data.length;
    const end = sent;
    const ended = finish(write, hasher?.update(data), writes.at(-1)).then(() => {
      written = end;
      done();
      onWritten?.();
    });
    // Whoever waits next sees the failure; nobody may be waiting yet.
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
    await settle(depth - 1);
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
