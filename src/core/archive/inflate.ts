import { abortable } from '../abortable.ts';
import type { Inflater, Platform } from '../platform.ts';

/** Receives decompressed bytes; awaited before more are produced. */
export type ChunkReceiver = (chunk: Uint8Array) => void | Promise<void>;

/** Like `inflateStream`, with the platform's own decompressor. */
async function inflateBy(
  inflater: Inflater,
  feed: () => Promise<Uint8Array | undefined>,
  take: ChunkReceiver,
  signal: AbortSignal,
): Promise<void> {
  try {
    for (let packed = await feed(); packed; packed = await feed()) {
      for (const chunk of await abortable(inflater.push(packed), signal)) await take(chunk);
    }
    for (const chunk of await abortable(inflater.end(), signal)) await take(chunk);
  } finally {
    inflater.close();
  }
}

/**
 * Decompresses DEFLATE natively: reads from `feed`, passes the result to `take`, and produces only as much as `take` consumes. Rejects
 * with a TypeError if the data is invalid.
 */
export async function inflateStream(
  platform: Pick<Platform, 'inflater'>,
  feed: () => Promise<Uint8Array | undefined>,
  take: ChunkReceiver,
  signal: AbortSignal,
): Promise<void> {
  if (platform.inflater) return inflateBy(platform.inflater('deflate-raw'), feed, take, signal);
  const { readable, writable } = new DecompressionStream('deflate-raw');
  const writer = writable.getWriter();
  const reader = readable.getReader();
  // The first failure has the reason; the other side fails because of it.
  let first: { error: unknown } | undefined;
  const fail = (error: unknown): never => {
    first ??= { error };
    reader.cancel(first.error).catch(() => undefined);
    writer.abort(first.error).catch(() => undefined);
    throw first.error;
  };
  const pump = (async () => {
    for (let chunk = await feed(); chunk; chunk = await feed()) {
      await abortable(writer.write(chunk as Uint8Array<ArrayBuffer>), signal);
    }
    await abortable(writer.close(), signal);
  })().catch(fail);
  const drain = (async () => {
    for (;;) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done) return;
      const taken = take(value);
      if (taken) await taken;
    }
  })().catch(fail);
  await Promise.allSettled([pump, drain]);
  if (first) throw first.error;
}

/** The decompressed bytes of a gzip stream, on demand. */
export interface Gunzip {
  next(): Promise<Uint8Array | undefined>;
  close(reason?: unknown): void;
}

/** Decompresses gzip natively, reading from `feed`. Fails like `inflateStream`. */
export function gunzip(
  platform: Pick<Platform, 'inflater'>,
  feed: () => Promise<Uint8Array | undefined>,
  signal: AbortSignal,
): Gunzip {
  const inflater = platform.inflater?.('gzip');
  if (!inflater) {
    const packed = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        async pull(controller) {
          const chunk = await feed();
          if (chunk) controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
          else controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
    return {
      next: async () => (await abortable(reader.read(), signal)).value,
      close: (reason) => void reader.cancel(reason).catch(() => undefined),
    };
  }
  const ready: Uint8Array[] = [];
  let ended = false;
  return {
    async next() {
      while (ready.length === 0 && !ended) {
        const packed = await feed();
        ended = !packed;
        ready.push(...(await abortable(packed ? inflater.push(packed) : inflater.end(), signal)));
      }
      return ready.shift();
    },
    close: () => inflater.close(),
  };
}

/** An entry decompresses to more bytes than announced. */
const tooLong = () => new RangeError('more bytes than the entry should have');

/** Decompresses an entry that should have `size` bytes, off the main thread if the platform can. */
export async function inflateWhole(
  platform: Platform,
  packed: Uint8Array,
  size: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (platform.inflate) return abortable(platform.inflate(packed, size), signal);
  const whole = new Uint8Array(size);
  let at = 0;
  let fed = false;
  await inflateStream(
    {},
    async () => {
      if (fed) return undefined;
      fed = true;
      return packed;
    },
    (chunk) => {
      if (at + chunk.length > size) throw tooLong();
      whole.set(chunk, at);
      at += chunk.length;
    },
    signal,
  );
  return whole.subarray(0, at);
}

/** Whether an error means that compressed data is invalid, or does not have the announced size. */
export function isInvalidData(error: unknown): boolean {
  return (
    error instanceof TypeError ||
    error instanceof RangeError ||
    /^Z_|^ERR_BUFFER/.test(String((error as { code?: string } | undefined)?.code))
  );
}
