import { abortable } from '../../abortable.ts';
import type { Checksums } from '../../hash/checksum.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { createAddress, type DownloadFrom } from '../ranged/address.ts';
import { type ContentFacts, contentFacts, parseContentRange } from '../ranged/content.ts';
import { type RangeResponse, requestRange } from '../ranged/request.ts';
import { createRangeReader, createRetries, type RangeReader, type RemoteOptions, readAll } from './range-reader.ts';

/** An object on the storage whose ranges can be read. */
export interface RemoteObject {
  /** Bytes of the whole object. */
  readonly size: number;
  /** For If-Range: a strong ETag, otherwise the Last-Modified text. */
  readonly validator: string | undefined;
  readonly lastModified: Date | undefined;
  /** Checksums of the whole object, as far as the storage reports them. */
  readonly sums: Checksums;
  /** Reads from `start` to `end`, in one request as long as the connection holds. `signal` aborts this read only. */
  range(start: number, end: number, signal?: AbortSignal): RangeReader;
  /** Reads from `start` to `end` into memory. */
  read(start: number, end: number): Promise<Uint8Array>;
}

/**
 * An object and its last bytes, or, if the storage does not support ranges, the unread response with the whole of it.
 */
export type OpenedObject =
  | { readonly object: RemoteObject; readonly tail: Uint8Array }
  | { readonly object?: undefined; readonly whole: Response };

/** What the response to the request for the last bytes says about the object. */
function factsOf({ type, response: { headers } }: RangeResponse): ContentFacts & { total: number; start: number } {
  const range = type === 'part' ? parseContentRange(headers.get('content-range')) : undefined;
  return { ...contentFacts(headers), total: range?.total ?? 0, start: range?.start ?? 0 };
}

/**
 * Opens an object by requesting its last `tail` bytes. A response with the whole object is returned unread. Throws `TransferError`,
 * and what `from` throws.
 */
export async function openRemoteObject(
  client: KaggleClient,
  from: DownloadFrom,
  tail: number,
  options: RemoteOptions,
): Promise<OpenedObject> {
  const { signal, stallTimeout: stall = 60, mayBePage } = options;
  const address = createAddress(client, from);
  const retry = createRetries({ client, address }, options, signal);
  // A part of unknown position is useless: then request the whole object.
  let ranged = true;
  for (;;) {
    const route = address.route();
    const request = ranged ? { last: tail } : { start: 0 };
    const answered = await requestRange(request, { client, route, known: undefined, mayBePage, stall, signal });
    if (!('response' in answered)) {
      // The API reports 416 for an empty object, which has no last bytes.
      if (answered.type === 'changed') return { whole: new Response(null) };
      if (answered.type === 'unplaced' && ranged) ranged = false;
      else await retry(answered, route, 0);
      continue;
    }
    if (answered.type === 'whole') {
      answered.watchdog.release();
      return { whole: answered.response };
    }
    const facts = factsOf(answered);
    const { total: size, validator, lastModified, sums, start } = facts;
    const source = { client, address, facts };
    const object: RemoteObject = {
      size,
      validator,
      lastModified,
      sums,
      range: (start, end, own) =>
        createRangeReader(source, start, end, options, own ? AbortSignal.any([signal, own]) : signal),
      read: (start, end) =>
        readAll(createRangeReader(source, start, end, { ...options, lends: true }, signal), end - start),
    };
    return { object, tail: await readTail(answered, size - start, object, signal) };
  }
}

/** Reads the body of the first response, and requests what is missing of it. */
async function readTail(
  { response, watchdog }: RangeResponse,
  length: number,
  object: RemoteObject,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  const reader = response.body?.getReader();
  try {
    while (reader && at < length) {
      const { done, value } = await abortable(reader.read(), watchdog.signal);
      if (done) break;
      watchdog.touch();
      const chunk = value.subarray(0, length - at);
      bytes.set(chunk, at);
      at += chunk.length;
    }
  } catch {
    signal.throwIfAborted();
  } finally {
    watchdog.release();
    reader?.cancel().catch(() => undefined);
  }
  const from = object.size - length + at;
  if (at < length) bytes.set(await object.read(from, object.size), at);
  return bytes;
}
