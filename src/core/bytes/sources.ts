import { isKaggleError, TransferError, ValidationError } from '../errors.ts';
import type { ByteSource } from '../platform.ts';

/** A source whose bytes can be read only once, in order. Only buffered bytes can be sent again. */
export interface OnceSource extends ByteSource {
  readonly once: true;
}

/** Whether the source can be read from any offset, any number of times. */
export function isReplayable(source: ByteSource): boolean {
  return !(source as Partial<OnceSource>).once;
}

/** Runs `read`, and wraps errors that are not of this package in one that names the file. */
export async function guardRead<T>(file: string, signal: AbortSignal | undefined, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (signal?.aborted || isKaggleError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new TransferError(`cannot read "${file}": ${reason}`, { file, cause: error });
  }
}

/** Bytes in memory as a source. The bytes are not copied. */
export function bytesSource(bytes: Uint8Array, name: string, lastModified?: Date): ByteSource {
  return {
    name,
    size: bytes.length,
    lastModified,
    slice: (start, end) =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          if (end > start) controller.enqueue(bytes.subarray(start, end));
          controller.close();
        },
      }),
  };
}

/**
 * A stream of known length as a source that can be read once. Reading the last byte also checks that the stream ends there.
 * Throws `ValidationError` if the stream is locked.
 */
export function streamSource(
  stream: ReadableStream<Uint8Array>,
  name: string,
  size: number,
  lastModified?: Date,
): OnceSource {
  if (stream.locked)
    throw new ValidationError(
      `cannot read "${name}": its stream is already being read; pass a stream without a reader`,
    );
  const fail = (message: string) => new TransferError(`cannot read "${name}": ${message}`, { file: name });
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let rest: Uint8Array = new Uint8Array(0);
  let position = 0;
  let ended = false;

  async function next(): Promise<Uint8Array | undefined> {
    reader ??= stream.getReader();
    while (rest.length === 0 && !ended) {
      const { done, value } = await reader.read();
      if (done) ended = true;
      else if (value instanceof Uint8Array) rest = value;
      else throw fail('its stream yields something other than Uint8Array');
    }
    const chunk = rest;
    rest = new Uint8Array(0);
    return chunk.length > 0 ? chunk : undefined;
  }

  return {
    once: true,
    name,
    size,
    lastModified,
    slice(start, end) {
      if (start !== position) {
        throw fail(
          `it must be sent again from byte ${start}, but a stream can be read only once; pass a path, a File or bytes`,
        );
      }
      return new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            if (position < end) {
              const chunk = await next();
              if (!chunk) throw fail(`its stream ended after ${position} of ${size} bytes`);
              rest = chunk.subarray(end - position);
              const wanted = chunk.subarray(0, end - position);
              position += wanted.length;
              controller.enqueue(wanted);
            }
            if (position < end) return;
            if (end === size) {
              rest = (await next()) ?? rest;
              if (rest.length > 0) throw fail(`its stream is longer than its size of ${size} bytes`);
            }
            controller.close();
          },
        },
        { highWaterMark: 0 },
      );
    },
    async close() {
      await (reader ?? stream).cancel().catch(() => undefined);
    },
  };
}
