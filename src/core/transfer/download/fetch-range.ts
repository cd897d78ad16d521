import { ApiError, ConnectionError, isKaggleError } from '../../errors.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { parseRetryAfter } from '../../rpc/retry.ts';
import { byteReader } from '../byte-reader.ts';
import { describeError } from '../storage.ts';
import { startWatchdog, type Watchdog } from '../watchdog.ts';
import type { Address } from './address.ts';
import { type ContentFacts, receive } from './content.ts';
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
export type Ending =
  | { readonly type: 'done' }
  /** Ask again, now that it is known where and for what. */
  | { readonly type: 'again' }
  | { readonly type: 'lost'; readonly cause: unknown }
  /** `words`: what the storage says. */
  | { readonly type: 'busy'; readonly words: string; readonly retryAfterMs: number | undefined }
  /** `direct`: the request went to an address that was used before. */
  | { readonly type: 'expired'; readonly status: number; readonly words: string; readonly direct: boolean }
  | { readonly type: 'refused'; readonly words: string }
  /** The object is not the one whose bytes are here. */
  | { readonly type: 'changed' }
  /** All of the object came instead of the range; another connection is at work on it already. */
  | { readonly type: 'ignored' };

/** What a request needs to know of the download that it is a part of. */
export interface Download {
  readonly client: KaggleClient;
  readonly address: Address;
  /** Seconds without a byte. */
  readonly stall: number;
  readonly facts: ContentFacts | undefined;
  /** Whether this is the only connection. */
  readonly alone: boolean;
  /** Called with the headers of each answer that fits, before its body is read; an ending means that it is not. */
  accept(headers: Headers, status: number): Promise<Ending | undefined>;
  moved(): void;
}

function rangeHeaders({ client, facts }: Download, { receiver, end }: Piece): Record<string, string> {
  const last = facts?.total === undefined || end >= facts.total ? '' : end - 1;
  if (receiver.at === 0 && last === '') return {};
  // In a page If-Range would need the storage's permission (CORS): there the answer's validator is compared instead.
  const condition = facts?.validator !== undefined && !client.platform.opaqueRedirects;
  return { range: `bytes=${receiver.at}-${last}`, ...(condition && { 'if-range': facts.validator }) };
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
): Promise<Ending> {
  const reader = openBody(answer, download.client.platform.byobBodies === true);
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

/** What an answer means for the piece; reads its body if that belongs to it. */
async function take(
  download: Download,
  piece: Piece,
  answer: Response,
  request: { ranged: boolean; throughApi: boolean },
  watchdog: Watchdog,
): Promise<Ending> {
  const { status, headers, body } = answer;
  const ending = await decide();
  if (ending) {
    body?.cancel().catch(() => undefined);
    return ending;
  }
  // The first answer has given it a new one, which hashes.
  const { receiver } = piece;
  const skip = status === 200 ? receiver.at : 0;
  if (status === 200) piece.reach = Number.POSITIVE_INFINITY;
  const read = await readInto(download, piece, answer, skip, watchdog);
  if (read.type !== 'done' || receiver.at >= piece.end || piece.end === Number.POSITIVE_INFINITY) return read;
  const message = `the body ended after ${receiver.at} of ${piece.end} bytes`;
  return { type: 'lost', cause: new ConnectionError(message) };

  async function decide(): Promise<Ending | undefined> {
    const reception = receive(piece.receiver.at, download.facts, answer);
    if (reception.type === 'complete') return { type: 'done' };
    if (reception.type === 'changed') return reception;
    if (reception.type !== 'continue' && reception.type !== 'whole') {
      const words = await describeError(answer, watchdog.signal);
      if (reception.type === 'refused') return { type: 'refused', words };
      if (reception.type === 'expired') return { type: 'expired', status, words, direct: !request.throughApi };
      return { type: 'busy', words, retryAfterMs: parseRetryAfter(headers.get('retry-after')) };
    }
    if (status === 200 && request.ranged) {
      // The API may have sent us on without the range: the storage itself is asked for it.
      if (request.throughApi && !download.address.throughApi && acceptsRanges(headers)) return { type: 'again' };
      if (!download.alone) return { type: 'ignored' };
    }
    return download.accept(headers, status);
  }
}

/**
 * One request for what is missing of a piece, and the reading of its body. Throws what the sink throws, what the API
 * refuses, and the reason of `signal`.
 */
export async function fetchRange(download: Download, piece: Piece, signal: AbortSignal): Promise<Ending> {
  const { address, stall } = download;
  const { throughApi } = address;
  const headers = rangeHeaders(download, piece);
  const last = /-(\d+)$/.exec(headers.range ?? '')?.[1];
  piece.reach = last === undefined ? Number.POSITIVE_INFINITY : Number(last) + 1;
  // What the API is asked has a deadline of its own.
  let watchdog = startWatchdog(throughApi ? 0 : stall, [signal]);
  let answered = false;
  try {
    const answer = await address.ask(headers, watchdog.signal);
    answered = true;
    if (throughApi) {
      watchdog.release();
      watchdog = startWatchdog(stall, [signal]);
    }
    watchdog.touch();
    return await take(download, piece, answer, { ranged: headers.range !== undefined, throughApi }, watchdog);
  } catch (error) {
    signal.throwIfAborted();
    if (watchdog.stalled) return { type: 'lost', cause: error };
    if (answered) throw error;
    // What the API refuses or fails to answer was retried by the call itself.
    if (throughApi && error instanceof ApiError && error.status === 416) return { type: 'changed' };
    if (throughApi && isKaggleError(error)) throw error;
    if (error instanceof ConnectionError) return { type: 'lost', cause: redactError(error) };
    throw error;
  } finally {
    watchdog.release();
  }
}
