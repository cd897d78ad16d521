import { byteReader } from '../../bytes/byte-reader.ts';
import { ConnectionError } from '../../errors.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import type { Address, Route } from '../ranged/address.ts';
import type { ContentFacts } from '../ranged/content.ts';
import { isRanged, type RangeResponse, requestRange } from '../ranged/request.ts';
import type { Failure } from '../ranged/retry.ts';
import type { Watchdog } from '../watchdog.ts';
import type { Receiver } from './receiver.ts';

/** Bytes of a buffer for reading bodies. */
const readSize = 2 ** 18;

/** A range that is being fetched. */
export interface Piece {
  receiver: Receiver;
  /** Its end, which moves when another connection takes over the rest. `Infinity` while the length is unknown. */
  end: number;
  busy: boolean;
  /** Up to where the current request was made. */
  requestedEnd: number;
}

/** How one request ended. */
export type RangeOutcome =
  | { readonly type: 'done' }
  /** Repeat the request, with what is known now. */
  | { readonly type: 'again' }
  | Failure;

/** What a request needs to know about its download. */
export interface Download {
  readonly client: KaggleClient;
  readonly address: Address;
  /** Seconds without data after which the connection counts as lost; 0 for no limit. */
  readonly stall: number;
  readonly facts: ContentFacts | undefined;
  /** Whether the file may be an HTML page. */
  readonly mayBePage: boolean;
  /** Whether this is the only connection. */
  readonly onlyConnection: boolean;
  /**
   * Called with the headers of each fitting response, before its body is read. An outcome means that the body is not needed.
   */
  accept(headers: Headers, status: number): Promise<RangeOutcome | undefined>;
  moved(): void;
}

/** Whether the storage says that it supports ranges. */
export function acceptsRanges(headers: Headers): boolean {
  return /\bbytes\b/i.test(headers.get('accept-ranges') ?? '');
}

interface BodyReader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

/** A reader whose chunks are valid until the next read; `undefined` for a response without a body. */
function openBody({ body }: Response, byob: boolean): BodyReader | undefined {
  if (!body) return undefined;
  if (!byob) return byteReader(body);
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: 'byob' });
  } catch {
    // A custom `fetch` may return a stream that is not a byte stream.
    return body.getReader();
  }
  let buffer = new ArrayBuffer(readSize);
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (value) buffer = value.buffer;
      return { done, value };
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

/**
 * Reads a body into the piece, without its first `skip` bytes, which were received before. Throws failures of the sink; returns those
 * of the connection.
 */
async function readInto(
  download: Download,
  piece: Piece,
  answer: Response,
  skip: number,
  watchdog: Watchdog,
): Promise<RangeOutcome> {
  const reader = openBody(answer, download.client.transport.byobBodies === true);
  if (!reader) return { type: 'done' };
  // Ends the pending read, whatever the body does.
  const stop = () => void reader.cancel(watchdog.signal.reason).catch(() => undefined);
  watchdog.signal.addEventListener('abort', stop, { once: true });
  const { receiver } = piece;
  const whole = () => download.facts?.total === undefined || piece.end >= download.facts.total;
  let toSkip = skip;
  try {
    for (;;) {
      let step: { done: boolean; value?: Uint8Array };
      try {
        step = await reader.read();
      } catch (cause) {
        if (!watchdog.signal.aborted)
          return receiver.at >= piece.end ? { type: 'done' } : { type: 'lost', cause: redactError(cause) };
        step = { done: true };
      }
      if (watchdog.signal.aborted) throw watchdog.signal.reason;
      if (step.done || !step.value) return { type: 'done' };
      watchdog.touch();
      let chunk = step.value;
      if (toSkip > 0) {
        const known = Math.min(toSkip, chunk.length);
        toSkip -= known;
        chunk = chunk.subarray(known);
      }
      const rest = piece.end - receiver.at;
      // Bytes beyond the announced length are kept: they show that the announcement, or the object, is wrong.
      const wanted = chunk.length > rest && !whole() ? chunk.subarray(0, Math.max(0, rest)) : chunk;
      if (wanted.length > 0) {
        const taken = receiver.take(wanted);
        download.moved();
        if (taken) await taken;
      }
      if (receiver.at >= piece.end && piece.requestedEnd > piece.end && !whole()) {
        stop();
        return { type: 'done' };
      }
    }
  } catch (error) {
    stop();
    throw error;
  } finally {
    watchdog.signal.removeEventListener('abort', stop);
  }
}

/** Reads the body of a response into the piece, if it fits. */
async function take(
  download: Download,
  piece: Piece,
  { type, response, watchdog }: RangeResponse,
  request: { ranged: boolean; throughApi: boolean },
): Promise<RangeOutcome> {
  if (type === 'complete') return { type: 'done' };
  const { headers, status } = response;
  const outcome = wholeInsteadOfRange() ?? (await download.accept(headers, status));
  if (outcome) {
    response.body?.cancel().catch(() => undefined);
    return outcome;
  }
  // The first response replaces the receiver by one that hashes.
  const { receiver } = piece;
  const skip = type === 'whole' ? receiver.at : 0;
  if (type === 'whole') piece.requestedEnd = Number.POSITIVE_INFINITY;
  const read = await readInto(download, piece, response, skip, watchdog);
  if (read.type !== 'done' || receiver.at >= piece.end || piece.end === Number.POSITIVE_INFINITY) return read;
  const message = `the response ended after ${receiver.at} of ${piece.end} bytes`;
  return { type: 'lost', cause: new ConnectionError(message) };

  /** The whole object was sent although a range was requested. */
  function wholeInsteadOfRange(): RangeOutcome | undefined {
    if (type !== 'whole' || !request.ranged) return undefined;
    // The API may have redirected without the range: request it from the storage itself.
    if (request.throughApi && !download.address.throughApi && acceptsRanges(headers)) return { type: 'again' };
    return download.onlyConnection ? undefined : { type: 'ignored' };
  }
}

/**
 * Makes one request for what is missing of a piece, and reads its body. Throws what the sink throws, what the API refuses, and the
 * reason of `signal`.
 */
export async function fetchRange(
  download: Download,
  piece: Piece,
  route: Route,
  signal: AbortSignal,
): Promise<RangeOutcome> {
  const { client, facts, stall, mayBePage } = download;
  const end = facts?.total === undefined || piece.end >= facts.total ? undefined : piece.end;
  const request = { start: piece.receiver.at, end };
  piece.requestedEnd = end ?? Number.POSITIVE_INFINITY;
  const answered = await requestRange(request, { client, route, known: facts, mayBePage, stall, signal });
  if (!('response' in answered)) return answered;
  const { watchdog } = answered;
  try {
    return await take(download, piece, answered, { ranged: isRanged(request), throughApi: route.throughApi });
  } catch (error) {
    signal.throwIfAborted();
    if (watchdog.stalled) return { type: 'lost', cause: error };
    throw error;
  } finally {
    watchdog.release();
  }
}
