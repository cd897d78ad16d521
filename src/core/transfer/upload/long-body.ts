import { isKaggleError, TransferError } from '../../errors.ts';
import type { ByteSource } from '../../platform.ts';
import type { RunningHash } from './running-hash.ts';

/** The rest of a file as the body of one request: read as it is sent, hashed on the way, never held as a whole. */
export interface LongBody {
  readonly length: number;
  /** Bytes that were handed on. */
  readonly handed: number;
  /** Why the source could not be read, if that is what ended the body. */
  readonly failure: TransferError | undefined;
  /** Fills `buffer`, which is used again later, and answers how many bytes that are. */
  read(buffer: Uint8Array): Promise<number>;
  /** The same bytes as a stream, for `fetch`; `taken` is told of each piece that leaves by it. Either this or `read`. */
  stream(taken: (bytes: number) => void): ReadableStream<Uint8Array>;
  /** Lets go of the source: it is not read after this. */
  cancel(): Promise<void>;
}

/** The bytes of `source` from `from` to its end. */
export function longBody(source: ByteSource, from: number, hash: RunningHash, file: string): LongBody {
  const end = source.size;
  let position = from;
  let failure: TransferError | undefined;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  let rest: Uint8Array = new Uint8Array(0);

  async function guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failure = isKaggleError(error)
        ? (error as TransferError)
        : new TransferError(`cannot read ${file}: ${reason}`, { file, cause: error });
      throw failure;
    }
  }

  const shorter = () => new TransferError(`${file} changed during the upload: it is shorter now`, { file });

  /** The next piece of the source's own stream. */
  async function piece(): Promise<Uint8Array> {
    reader ??= (await source.slice(position, end)).getReader();
    const { done, value } = await reader.read();
    if (done) throw shorter();
    if (value.length > end - position) throw new TransferError(`${file}: more bytes than expected`, { file });
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

  return {
    length: end - from,
    get handed() {
      return position - from;
    },
    get failure() {
      return failure;
    },
    read: (buffer) =>
      guarded(async () => {
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
      }),
    stream: (taken) =>
      new ReadableStream<Uint8Array>(
        {
          pull: (controller) =>
            guarded(async () => {
              let chunk = await piece();
              while (chunk.length === 0) chunk = await piece();
              await hash.update(chunk, position);
              position += chunk.length;
              taken(chunk.length);
              controller.enqueue(chunk);
              if (position >= end) controller.close();
            }),
          cancel: (reason) => reader?.cancel(reason),
        },
        { highWaterMark: 0 },
      ),
    async cancel() {
      await reader?.cancel().catch(() => undefined);
    },
  };
}
