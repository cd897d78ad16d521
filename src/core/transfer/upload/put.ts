import { ConnectionError } from '../../errors.ts';
import { type Checksums, parseHashBody, parseHashHeader } from '../../hash/checksum.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { parseRetryAfter } from '../../rpc/retry.ts';
import { describeError, requestStorage } from '../storage.ts';
import { abortable, startWatchdog, type Watchdog } from '../watchdog.ts';
import type { LongBody } from './long-body.ts';
import type { SessionEvent } from './session.ts';

/** What a request to a session carries: bytes, a Blob, or the rest of a file that is read as it is sent. */
export type SessionBody = Uint8Array<ArrayBuffer> | Blob | LongBody;

/** One request to an upload session. */
export interface SessionPut {
  url: string;
  /** `bytes 0-9/100`, or `bytes * /100` (without the space) for a query. */
  contentRange?: string;
  /** Absent for a query. */
  body?: SessionBody;
  /** Seconds in which nothing moves after which the request counts as lost. */
  stallTimeout: number;
  /** Sends a long body by `fetch`, even if the platform has a way of its own. */
  byFetch?: boolean;
  /** Called with the number of bytes that a long body handed to the network so far. */
  onHanded?: (bytes: number) => void;
}

/** What came of it: an event for the session, the checksums of a last answer, the error behind a lost connection. */
export interface PutOutcome {
  event: SessionEvent;
  /** Bytes of the body that were handed to the network; what a 308 or an error leaves of them only the storage knows. */
  handed: number;
  sums: Checksums;
  reason?: unknown;
  /** The platform's own way reached nobody: nothing was taken, and `fetch` may know a proxy or an authority that it does not. */
  unreached?: boolean;
}

/** How many bytes a 308 says are stored: 0 without a Range header, `undefined` for one that makes no sense. */
export function parseStored(range: string | null): number | undefined {
  if (range === null) return 0;
  const match = /^(?:bytes[= ]\s*)?0-(\d+)$/.exec(range.trim());
  return match ? Number(match[1]) + 1 : undefined;
}

/** Whether an answer looks like one of the storage: JSON of an object (which may say nothing), or headers of its own. */
function isStorages(text: string, headers: Headers): boolean {
  if ([...headers.keys()].some((name) => /^(x-goog-|x-guploader-|etag$)/.test(name))) return true;
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body);
  } catch {
    return false;
  }
}

/** The size of the object, if the last answer says it: Google's storage writes it as a text. */
function sizeOf(text: string): number | undefined {
  try {
    const { size } = JSON.parse(text) as { size?: unknown };
    return /^\d{1,15}$/.test(String(size)) ? Number(size) : undefined;
  } catch {
    return undefined;
  }
}

const isPage = (text: string): boolean => /^\s*<(!doctype|html)/i.test(text);

/** Whether a body is read as it is sent. */
export const isLong = (body: SessionBody | undefined): body is LongBody =>
  typeof (body as LongBody)?.stream === 'function' && 'handed' in body!;

export function lengthOf(body: SessionBody | undefined): number {
  return body === undefined ? 0 : 'size' in body ? body.size : body.length;
}

/** workerd's stream that knows its length, which `fetch` there sends with a Content-Length. */
interface FixedLengthStreamLike {
  new (length: number): { readable: ReadableStream<Uint8Array>; writable: WritableStream<Uint8Array> };
}

function fixedLengthStream(): FixedLengthStreamLike | undefined {
  return (globalThis as { FixedLengthStream?: FixedLengthStreamLike }).FixedLengthStream;
}

/** How the client can send a body of known length that is not held in memory. */
export function canStream(client: KaggleClient): boolean {
  return (
    client.transport.put !== undefined || fixedLengthStream() !== undefined || client.platform.sizedStreams === true
  );
}

/** Bytes of one write. */
const writeSize = 512 * 1024;

/** Sends the body through `writable`, by one buffer: a write is over when the network has taken it. */
async function pump(
  body: LongBody,
  writable: WritableStream<Uint8Array>,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const writer = writable.getWriter();
  try {
    const buffer = new Uint8Array(Math.min(writeSize, body.length));
    for (let left = body.length; left > 0; ) {
      const count = await body.read(buffer);
      await abortable(writer.write(buffer.subarray(0, count)), signal);
      sent(count);
      left -= count;
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error);
  }
}

/** The long body as what `fetch` takes; `undefined` where `fetch` would send it in chunks of unknown sum. */
function fetchBody(
  client: KaggleClient,
  body: LongBody,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): ReadableStream<Uint8Array> | undefined {
  const Fixed = fixedLengthStream();
  if (!Fixed) return client.platform.sizedStreams ? body.stream(sent) : undefined;
  const { readable, writable } = new Fixed(body.length);
  // Why it fails shows in the request, or in the body's own failure.
  pump(body, writable, sent, signal).catch(() => undefined);
  return readable;
}

/** Starts the request; `undefined` if it cannot be sent in one piece here. */
function start(
  client: KaggleClient,
  put: SessionPut,
  headers: Record<string, string>,
  watchdog: Watchdog,
  sent: (bytes: number) => void,
): Promise<Response> | undefined {
  const { url, body } = put;
  const { signal } = watchdog;
  const init: RequestInit & { duplex?: 'half' } = { method: 'PUT', headers, signal };
  // Where the platform hides redirects, it hands on a 308 without Location only when it is told to follow.
  init.redirect = client.platform.opaqueRedirects ? 'follow' : 'manual';
  if (!isLong(body)) {
    // An empty body is sent as none: Content-Length is 0 either way.
    init.body = lengthOf(body) > 0 ? body! : null;
    return requestStorage(client, new Request(url, init));
  }
  const request = { url, headers, length: body.length, read: body.read, sent, signal };
  const own = put.byFetch ? undefined : client.transport.put?.(request);
  if (own) return requestStorage(client, { method: 'PUT', url, signal }, () => own);
  const stream = fetchBody(client, body, sent, signal);
  if (!stream) return undefined;
  init.body = stream;
  init.duplex = 'half';
  init.headers = { ...headers, 'content-length': String(body.length) };
  return requestStorage(client, new Request(url, init));
}

/**
 * Sends one request and turns what came of it into an event of the session. Resolves to `undefined`, with nothing sent,
 * when the body is long and neither the platform nor `fetch` can send it to that address in one piece. Aborts reject
 * with the caller's reason, a source that cannot be read with its own error.
 */
export async function putToSession(
  client: KaggleClient,
  put: SessionPut,
  signal: AbortSignal,
): Promise<PutOutcome | undefined> {
  const watchdog = startWatchdog(put.stallTimeout, [signal]);
  const to = put.body ? 'send' : 'query';
  const long = isLong(put.body) ? put.body : undefined;
  const handed = () => long?.handed ?? lengthOf(put.body);
  let taken = 0;
  const sent = (bytes: number) => {
    watchdog.touch();
    taken += bytes;
    put.onHanded?.(taken);
  };
  try {
    const headers: Record<string, string> = put.contentRange ? { 'content-range': put.contentRange } : {};
    const started = start(client, put, headers, watchdog, sent);
    if (!started) return undefined;
    const response = await abortable(started, watchdog.signal);
    const { status } = response;
    watchdog.touch();
    let sums: Checksums = {};
    let doubt: 'page' | 'bare' | undefined;
    let stored = status === 308 ? parseStored(response.headers.get('range')) : undefined;
    let words: string | undefined;
    if (status === 200 || status === 201) {
      // An answer that breaks off only costs what it says of the object.
      const text = await abortable(response.text(), watchdog.signal).catch(() => '');
      signal.throwIfAborted();
      sums = { ...parseHashBody(text), ...parseHashHeader(response.headers.get('x-goog-hash')) };
      stored = sizeOf(text);
      doubt = isStorages(text, response.headers) ? undefined : isPage(text) ? 'page' : 'bare';
    } else if (status >= 400) {
      words = await describeError(response, watchdog.signal);
      signal.throwIfAborted();
    } else response.body?.cancel().catch(() => undefined);
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'));
    return { event: { type: 'answer', to, status, stored, retryAfterMs, words, doubt }, handed: handed(), sums };
  } catch (error) {
    signal.throwIfAborted();
    if (long?.failure) throw long.failure;
    if (watchdog.stalled || error instanceof ConnectionError)
      return { event: { type: 'lost' }, handed: handed(), sums: {}, reason: error, unreached: long && taken === 0 };
    throw error;
  } finally {
    watchdog.release();
    await long?.cancel();
  }
}
