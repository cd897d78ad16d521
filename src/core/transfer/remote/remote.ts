import { abortable } from '../../abortable.ts';
import { growingBytes } from '../../bytes/growing-bytes.ts';
import { KaggleError, TransferError, ValidationError } from '../../errors.ts';
import { name, seconds, signal, whole } from '../../options/field.ts';
import type { Fields } from '../../options/shape.ts';
import type { ByteSource } from '../../platform.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import type { DownloadFrom } from '../ranged/address.ts';
import { contentFacts, isPageName } from '../ranged/content.ts';
import { joinSignals } from '../streams.ts';
import { createBlockCache } from './block-cache.ts';
import { type RangeReader, readAll } from './range-reader.ts';
import { openRemoteObject, type RemoteObject } from './remote-object.ts';

/** Bytes that are kept in memory unless told otherwise. */
export const defaultCacheSize: number = 16 * 2 ** 20;

export interface OpenRemoteOptions {
  /** What the file is called in errors. */
  file?: string | undefined;
  /** Aborts all reads, also later ones. */
  signal?: AbortSignal | undefined;
  /** Bytes that are fetched at least, and at offsets that are multiples of it; default 128 KiB. */
  blockSize?: number | undefined;
  /** Bytes that are kept in memory; default 16 MiB. A longer read goes past the cache. */
  cacheSize?: number | undefined;
  /** Seconds without a byte after which the connection counts as lost; default 60, 0 for no limit. */
  stallTimeout?: number | undefined;
  /** Attempts in a row without a new byte before a read fails; default 5. */
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

/** A file on the storage of which any part can be read, as often as needed. */
export interface RemoteFile extends ByteSource {
  /** Bytes from `start` to `end`, at most up to the end of the file. */
  readRange(start: number, end: number): Promise<Uint8Array>;
  read(buffer: Uint8Array, position: number): Promise<number>;
  identity(): Promise<string>;
  /** Ends all reads that are under way; later ones fail. */
  close(): Promise<void>;
}

/** What a reader gives, as a stream that is read as fast as it is consumed. */
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

/** A storage that sends no parts: a small file is held in memory instead. */
async function holdWhole(response: Response, most: number, file: string, signal: AbortSignal): Promise<RemoteObject> {
  const { total, validator, lastModified } = contentFacts(response.headers);
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
  return { size, validator, lastModified, range };
}

/**
 * Opens a file on the storage without downloading it: a `ByteSource` that fetches the parts that are read, by Range
 * requests, through a small cache. One request is made at once, for the last block: where Parquet files, zip archives
 * and the like have their table of contents. Interrupted reads go on, expired addresses are renewed where `from` is a
 * call, and an object that is no longer the one that was opened is an error.
 *
 * Throws `TransferError` (given up, refused, changed, or a file larger than `cacheSize` on a storage without Range),
 * and what `from` throws; reads throw the same. An abort rejects with the signal's reason.
 */
export async function openRemote(
  client: KaggleClient,
  from: DownloadFrom,
  options: OpenRemoteOptions = {},
): Promise<RemoteFile> {
  const { file = 'remote file', blockSize = 128 * 1024, cacheSize = defaultCacheSize } = options;
  const closing = new AbortController();
  const signal = joinSignals(client.signal, options.signal, closing.signal);
  signal.throwIfAborted();
  if (typeof from === 'object' && !(URL.canParse(from.url) && /^https?:/i.test(from.url))) {
    throw new ValidationError(`cannot open "${file}": expected url to be an http or https URL`, [
      { path: 'url', message: 'must be an http or https URL' },
    ]);
  }
  const mayBePage = isPageName(options.file ?? (typeof from === 'object' ? new URL(from.url).pathname : ''));
  const opened = await openRemoteObject(client, from, blockSize, { ...options, file, mayBePage, signal });
  const object = opened.object ?? (await holdWhole(opened.whole, cacheSize, file, signal));
  const { size, lastModified } = object;
  const fetchRange = (start: number, end: number) => readAll(object.range(start, end), end - start);
  const cache = createBlockCache(size, blockSize, cacheSize, fetchRange);
  if (opened.object) cache.fill(size - opened.tail.length, opened.tail);

  async function readRange(start: number, end: number): Promise<Uint8Array> {
    signal.throwIfAborted();
    const from = Math.max(0, start);
    return abortable(cache.read(from, Math.max(from, Math.min(end, size))), signal);
  }

  return {
    size,
    ...(lastModified && { lastModified }),
    readRange,
    async read(buffer, position) {
      const bytes = await readRange(position, position + buffer.length);
      buffer.set(bytes);
      return bytes.length;
    },
    slice: (start, end) => toStream(() => object.range(start, Math.min(end, size))),
    identity: async () => `${size}-${object.validator ?? ''}`,
    async close() {
      closing.abort(new KaggleError(`cannot read "${file}": it was closed`));
    },
  };
}
