import { abortable } from '../../abortable.ts';
import { growingBytes } from '../../bytes/growing-bytes.ts';
import { KaggleError, TransferError, ValidationError } from '../../errors.ts';
import type { Checksums } from '../../hash/checksum.ts';
import { name, seconds, signal, whole } from '../../options/field.ts';
import type { Fields } from '../../options/shape.ts';
import type { ByteSource } from '../../platform.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import type { DownloadFrom } from '../ranged/address.ts';
import { contentFacts, isPageName } from '../ranged/content.ts';
import { joinSignals } from '../streams.ts';
import { createBlockCache } from './block-cache.ts';
import type { RangeReader } from './range-reader.ts';
import { openRemoteObject, type RemoteObject } from './remote-object.ts';

/** Default of `cacheSize`, in bytes. */
export const defaultCacheSize: number = 16 * 2 ** 20;

/** Options of `openRemote`. */
export interface OpenRemoteOptions {
  /**
   * Name of the file in errors.
   * @default its name in the dataset
   */
  file?: string | undefined;
  /** Aborts opening and all later reads. */
  signal?: AbortSignal | undefined;
  /**
   * Bytes per request: reads are rounded to multiples of it.
   * @default 128 KiB
   */
  blockSize?: number | undefined;
  /**
   * Bytes of recently read blocks to keep in memory. Larger reads bypass the cache.
   * @default 16 MiB
   */
  cacheSize?: number | undefined;
  /**
   * Seconds without data after which a request is retried; 0 for no limit.
   * @default 60
   */
  stallTimeout?: number | undefined;
  /**
   * Attempts in a row without new data before a read fails.
   * @default 5
   */
  retries?: number | undefined;
}

export const openRemoteFields = (): Fields<OpenRemoteOptions> => ({
  file: name(),
  signal: signal(),
  blockSize: whole(1),
  cacheSize: whole(0),
  stallTimeout: seconds(),
  retries: whole(0),
});

/**
 * A remote file that supports random access. Interrupted reads are retried, and expired URLs renewed where possible.
 */
export interface RemoteFile extends ByteSource {
  /** Reads the bytes from `start` (inclusive) to `end` (exclusive), or to the end of the file. */
  readRange(start: number, end: number): Promise<Uint8Array>;
  /** Fills `buffer` from byte `position`, and returns the number of bytes read; 0 at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  /** Differs when the file changes on the server: its size and ETag. */
  identity(): Promise<string>;
  /** Aborts pending reads; later ones fail. */
  close(): Promise<void>;
}

/** A remote file with the checksums that the storage reports of the whole of it. */
export interface OpenedRemote extends RemoteFile {
  readonly sums: Checksums;
  /** Like `readRange`, without the cache. */
  readUncached(start: number, end: number): Promise<Uint8Array>;
}

/** Wraps a reader in a stream that reads as fast as it is consumed. */
function toStream(open: () => RangeReader): ReadableStream<Uint8Array> {
  let reader: RangeReader | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= open();
        const chunk = await reader.next();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
      cancel: () => reader?.cancel(),
    },
    { highWaterMark: 0 },
  );
}

/** Reads a small file into memory, for a storage without Range requests. */
async function holdWhole(response: Response, most: number, file: string, signal: AbortSignal): Promise<RemoteObject> {
  const { total, validator, lastModified, sums } = contentFacts(response.headers);
  const tooLarge = () =>
    new TransferError(
      `cannot read "${file}" in parts: the storage does not support Range requests; download the file, or set cacheSize ` +
        `above its size to hold it in memory (now ${most} bytes)`,
      { file },
    );
  // In one array: single bytes of a slow server would each cost an array of their own.
  const received = growingBytes();
  const reader = response.body?.getReader();
  try {
    if ((total ?? 0) > most) throw tooLarge();
    for (;;) {
      const { done, value } = (await (reader && abortable(reader.read(), signal))) ?? { done: true };
      if (done || !value) break;
      received.write(value, received.size);
      if (received.size > most) throw tooLarge();
    }
  } catch (error) {
    reader?.cancel(error).catch(() => undefined);
    signal.throwIfAborted();
    if (error instanceof KaggleError) throw error;
    const { message } = redactError(error);
    throw new TransferError(`cannot read "${file}": the connection was lost (${message}); try again`, {
      file,
      cause: error,
    });
  }
  const { size } = received;
  if (total !== undefined && size !== total) {
    throw new TransferError(`cannot read "${file}": received ${size} bytes, expected ${total}; try again`, { file });
  }
  const whole = received.slice(0, size);
  const range = (start: number, end: number): RangeReader => {
    let unread: Uint8Array | undefined = whole.subarray(start, end);
    return {
      async next() {
        const chunk = unread?.length ? unread : undefined;
        unread = undefined;
        return chunk;
      },
      cancel: () => undefined,
    };
  };
  return { size, validator, lastModified, sums, range, read: async (start, end) => whole.slice(start, end) };
}

/**
 * Opens a file on the storage for random access. One request is made immediately, for the last block, where Parquet files and
 * zip archives have their table of contents. Later reads fetch blocks through a small cache, retry interrupted requests, renew
 * expired URLs if `from` is a call, and fail if the file changes on the server.
 *
 * @throws `TransferError` if the file is refused, changed, or larger than `cacheSize` on a storage without Range requests, or
 * if requests fail after all retries. Reads throw the same.
 * @throws What `from` throws, and the reason of the signal if it is aborted.
 */
export async function openRemote(
  client: KaggleClient,
  from: DownloadFrom,
  options: OpenRemoteOptions = {},
): Promise<OpenedRemote> {
  const { file = 'remote file', blockSize = 128 * 1024, cacheSize = defaultCacheSize } = options;
  const closing = new AbortController();
  const signal = joinSignals(client.signal, options.signal, closing.signal);
  signal.throwIfAborted();
  if (typeof from === 'object' && !(URL.canParse(from.url) && /^https?:/i.test(from.url))) {
    throw new ValidationError(`cannot open "${file}": expected url to be an http or https URL`, [
      { path: 'url', message: 'expected an http or https URL' },
    ]);
  }
  const mayBePage = isPageName(options.file ?? (typeof from === 'object' ? new URL(from.url).pathname : ''));
  const opened = await openRemoteObject(client, from, blockSize, { ...options, file, mayBePage, signal });
  const object = opened.object ?? (await holdWhole(opened.whole, cacheSize, file, signal));
  const { size, lastModified, sums } = object;
  const cache = createBlockCache(size, blockSize, cacheSize, object.read);
  if (opened.object) cache.fill(size - opened.tail.length, opened.tail);

  async function readRange(start: number, end: number): Promise<Uint8Array> {
    signal.throwIfAborted();
    const from = Math.max(0, start);
    return abortable(cache.read(from, Math.max(from, Math.min(end, size))), signal);
  }

  return {
    size,
    sums,
    ...(lastModified && { lastModified }),
    readRange,
    readUncached: object.read,
    async read(buffer, position) {
      const bytes = await readRange(position, position + buffer.length);
      buffer.set(bytes);
      return bytes.length;
    },
    slice: (start, end) => toStream(() => object.range(start, Math.min(end, size))),
    identity: async () => `${size}-${object.validator ?? ''}`,
    async close() {
      closing.abort(new KaggleError(`cannot read "${file}": it was closed; open it again`));
    },
  };
}
