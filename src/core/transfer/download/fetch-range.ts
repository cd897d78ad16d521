import { byteReader } from '../../bytes/byte-reader.ts';
import { ConnectionError } from '../../errors.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import type { Address, Route } from '../ranged/address.ts';
import type { ContentFacts } from '../ranged/content.ts';
import { type Answered, isRanged, requestRange } from '../ranged/request.ts';
import type { Failure } from '../ranged/retry.ts';
import type { Watchdog } from '../watchdog.ts';
import type { Receiver } from './receiver.ts';

/** Bytes of a buffer that bodies are read into. */
const readSize = 2 ** 18;

/** A range that is being fetched. */
export interface Piece {
  receiver: Receiver;
  /** Where it ends; moves when another connection takes over its rest. `Infinity` while the length is not known. */
  end: number;
  busy: boolean;
  /** Up to where the request under way was asked for. */
  reach: number;
}

/** How one request ended. */
export type RangeOutcome =
  | { readonly type: 'done' }
  /** Ask again, now that it is known where and for what. */
  | { readonly type: 'again' }
  | Failure;

/** What a request needs to know of the download that it is a part of. */
export interface Download {
  readonly client: KaggleClient;
  readonly address: Address;
  /** Seconds without a byte. */
  readonly stall: number;
  readonly facts: ContentFacts | undefined;
  /** Whether the file may be an HTML page. */
  readonly mayBePage: boolean;
  /** Whether this is the only connection. */
  readonly alone: boolean;
  /** Called with the headers of each answer that fits, before its body is read; an outcome means that it is not. */
  accept(headers: Headers, status: number): Promise<RangeOutcome | undefined>;
  moved(): void;
}

/** Whether the storage says that it answers ranges. */
export function acceptsRanges(headers: Headers): boolean {
  return /\bbytes\b/i.test(headers.get('accept-ranges') ?? '');
}

interface BodyReader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

/** A reader that hands out what it reads until the next read; `undefined` for an answer without a body. */
function openBody({ body }: Response, byob: boolean): BodyReader | undefined {
  if (!body) return undefined;
  if (!byob) return byteReader(body);
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: 'byob' });
  } catch {
    // A stream of somebody's own `fetch`, not of bytes.
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
 * Reads a body into the piece, whose first `skip` bytes are here already. A failure of the sink is thrown; one of the
 * connection is an ending.
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
  // The pending read ends with this, whatever the body does.
  const stop = () => void reader.cancel(watchdog.signal.reason).catch(() => undefined);
  watchdog.signal.addEventListener('abort', stop, { once: true });
  const { receiver } = piece;
  const whole = () => download.facts?.total === undefined || piece.end >= download.facts.total;
  let ahead = skip;
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
      if (ahead > 0) {
        const known = Math.min(ahead, chunk.length);
        ahead -= known;
        chunk = chunk.subarray(known);
      }
      const rest = piece.end - receiver.at;
      // What goes beyond the announced length is kept: it shows that the announcement, or the object, is wrong.
      const wanted = chunk.length > rest && !whole() ? chunk.subarray(0, Math.max(0, rest)) : chunk;
      if (wanted.length > 0) {
        const taken = receiver.take(wanted);
        download.moved();
        if (taken) await taken;
      }
      if (receiver.at >= piece.end && piece.reach > piece.end && !whole()) {
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

/** Reads the body of an answer into the piece, if it is for it. */
async function take(
  download: Download,
  piece: Piece,
  { type, response, watchdog }: Answered,
  request: { ranged: boolean; throughApi: boolean },
): Promise<RangeOutcome> {
  if (type === 'complete') return { type: 'done' };
  const { headers, status } = response;
  const outcome = unasked() ?? (await download.accept(headers, status));
  if (outcome) {
    response.body?.cancel().catch(() => undefined);
    return outcome;
  }
  // The first answer has given it a new one, which hashes.
  const { receiver } = piece;
  const skip = type === 'whole' ? receiver.at : 0;
  if (type === 'whole') piece.reach = Number.POSITIVE_INFINITY;
  const read = await readInto(download, piece, response, skip, watchdog);
  if (read.type !== 'done' || receiver.at >= piece.end || piece.end === Number.POSITIVE_INFINITY) return read;
  const message = `the response ended after ${receiver.at} of ${piece.end} bytes`;
  return { type: 'lost', cause: new ConnectionError(message) };

  /** All of the object, though a range was asked for. */
  function unasked(): RangeOutcome | undefined {
    if (type !== 'whole' || !request.ranged) return undefined;
    // The API may have sent us on without the range: the storage itself is asked for it.
    if (request.throughApi && !download.address.throughApi && acceptsRanges(headers)) return { type: 'again' };
    return download.alone ? undefined : { type: 'ignored' };
  }
}

/**
 * One request for what is missing of a piece, and the reading of its body. Throws what the sink throws, what the API
 * refuses, and the reason of `signal`.
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
  piece.reach = end ?? Number.POSITIVE_INFINITY;
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
