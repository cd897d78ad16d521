import type { ByteSink, Hasher } from '../platform.ts';

/** 1 MiB: fewer, larger writes are about a third faster than writing what the network hands over. */
const batchSize = 2 ** 20;

/** Writes what arrives to a sink in large pieces, in order, and hashes it on the way. */
export interface Receiver {
  /** Bytes taken since the start or the last `restart`. */
  readonly received: number;
  /** The most that was ever written: what a shorter content written over it cannot undo. */
  readonly extent: number;
  take(chunk: Uint8Array): Promise<void> | undefined;
  /** Writes what is still held back. */
  flush(): Promise<void>;
  /** Begins again at byte 0, with a new hasher. */
  restart(hasher: Hasher | undefined): void;
  /** As `restart`, for a sink in which nothing is written yet. */
  reset(): void;
  digest(): Promise<Uint8Array | undefined>;
}

/** A receiver for `sink`. While one piece is written the next is collected. */
export function createReceiver(sink: () => ByteSink): Receiver {
  let hasher: Hasher | undefined;
  let batch = new Uint8Array(0);
  let filled = 0;
  let written = 0;
  let extent = 0;
  let writing: Promise<void> = Promise.resolve();

  async function write(data: Uint8Array, position: number): Promise<void> {
    await hasher?.update(data);
    await sink().write(data, position);
  }
  async function flushBatch(): Promise<void> {
    await writing;
    if (filled === 0) return;
    const data = batch.subarray(0, filled);
    const position = written;
    batch = new Uint8Array(0);
    filled = 0;
    written += data.length;
    extent = Math.max(extent, written);
    writing = write(data, position);
    // Whoever waits next sees the failure; nobody may be waiting yet.
    writing.catch(() => undefined);
  }
  async function takeLarge(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (batch.length === 0) batch = new Uint8Array(batchSize);
      const piece = chunk.subarray(at, at + batchSize - filled);
      batch.set(piece, filled);
      filled += piece.length;
      at += piece.length;
      if (filled === batchSize) await flushBatch();
    }
  }

  function restart(next: Hasher | undefined): void {
    hasher = next;
    filled = 0;
    written = 0;
  }

  return {
    get received() {
      return written + filled;
    },
    get extent() {
      return extent;
    },
    take(chunk) {
      if (batch.length === 0 || filled + chunk.length >= batchSize) return takeLarge(chunk);
      batch.set(chunk, filled);
      filled += chunk.length;
      return undefined;
    },
    async flush() {
      await flushBatch();
      await writing;
    },
    restart,
    reset() {
      restart(undefined);
      extent = 0;
    },
    async digest() {
      return hasher?.digest();
    },
  };
}
