import { abortable } from '../../abortable.ts';
import { guardRead } from '../../bytes/sources.ts';
import type { ByteSource, Platform } from '../../platform.ts';
import type { RunningHash } from '../running-hash.ts';
import { uploadError } from './upload-error.ts';

/** The rest of a file as the body of one request: read while it is sent, hashed on the way, never held as a whole. */
export interface StreamedBody {
  readonly length: number;
  /** Bytes that were read. */
  readonly consumed: number;
  /** Why the source could not be read, if that ended the body. */
  readonly failure: unknown;
  /** Fills `buffer`, which is reused, and returns the number of bytes. */
  read(buffer: Uint8Array): Promise<number>;
  /** The same bytes as a stream for `fetch`; `onSent` is called for each piece. Use either this or `read`. */
  stream(onSent: (bytes: number) => void, signal: AbortSignal): ReadableStream<Uint8Array>;
  /** Releases the source: it is not read after this. */
  cancel(): Promise<void>;
}

export const isStreamed = (body: object | undefined): body is StreamedBody => body !== undefined && 'consumed' in body;

/** workerd's stream of known length: `fetch` there sends it with a Content-Length. */
interface FixedLengthStreamLike {
  new (length: number): { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> };
}

export function fixedLengthStream(): FixedLengthStreamLike | undefined {
  return (globalThis as { FixedLengthStream?: FixedLengthStreamLike }).FixedLengthStream;
}

/** Whether `fetch` sends a stream of known length with a Content-Length. */
export function canStream(platform: Platform): boolean {
  return platform.sizedStreams ?? fixedLengthStream() !== undefined;
}

/** Bytes per write. */
const writeSize = 512 * 1024;

/** Sends `length` bytes through `writable`, with one buffer: a write ends when the network has accepted it. */
async function pump(
  { length, read }: Pick<StreamedBody, 'length' | 'read'>,
  writable: WritableStream<Uint8Array>,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    const buffer = new Uint8Array(Math.min(writeSize, length));
    for (let done = 0; done < length; ) {
      const count = await read(buffer);
      await abortable(writer.write(buffer.subarray(0, count)), signal);
      onSent(count);
      done += count;
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
  }
}

/** The bytes of `source` from `from` to its end. */
export function streamedBody(source: ByteSource, from: number, hash: RunningHash, file: string): StreamedBody {
  const end = source.size;
  let position = from;
  let failure: unknown;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let rest: Uint8Array = new Uint8Array(0);

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await guardRead(file, undefined, work);
    } catch (error) {
      failure = error;
      throw error;
    }
  }

  const shorter = () => uploadError(file, 'the file became shorter during the upload; upload it again');

  /** The next piece of the source's stream. */
  async function piece(): Promise<Uint8Array> {
    reader ??= (await source.slice(position, end)).getReader();
    const { done, value } = await reader.read();
    if (done) throw shorter();
    if (value.length > end - position)
      throw uploadError(file, 'its source returned more bytes than requested; fix its slice()');
    return value;
  }

  async function fill(buffer: Uint8Array): Promise<number> {
    if (source.read) return source.read(buffer, position);
    while (rest.length === 0) rest = await piece();
    const part = rest.subarray(0, buffer.length);
    rest = rest.subarray(part.length);
    buffer.set(part);
    return part.length;
  }

  async function read(buffer: Uint8Array): Promise<number> {
    const wanted = Math.min(buffer.length, end - position);
    let count = 0;
    while (count < wanted) {
      const got = await fill(buffer.subarray(count, wanted));
      if (got === 0) throw shorter();
      const hashed = hash.update(buffer.subarray(count, count + got), position);
      if (hashed) await hashed;
      count += got;
      position += got;
    }
    return count;
  }

  const body = {
    length: end - from,
    get consumed() {
      return position - from;
    },
    get failure() {
      return failure;
    },
    read: (buffer: Uint8Array) => guarded(() => read(buffer)),
    stream(onSent: (bytes: number) => void, signal: AbortSignal) {
      const Fixed = fixedLengthStream();
      if (Fixed) {
        const { readable, writable } = new Fixed(body.length);
        // The request, or the body's `failure`, has the reason.
        pump(body, writable, onSent, signal).catch(() => undefined);
        return readable;
      }
      const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
        let chunk = await piece();
        while (chunk.length === 0) chunk = await piece();
        await hash.update(chunk, position);
        position += chunk.length;
        onSent(chunk.length);
        controller.enqueue(chunk);
        if (position >= end) controller.close();
      };
      return new ReadableStream<Uint8Array>(
        { pull: (controller) => guarded(() => pull(controller)), cancel: (reason) => reader?.cancel(reason) },
        { highWaterMark: 0 },
      );
    },
    async cancel() {
      await reader?.cancel().catch(() => undefined);
    },
  };
  return body;
}
