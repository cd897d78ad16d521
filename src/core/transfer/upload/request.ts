import { abortable } from '../../abortable.ts';
import { ConnectionError } from '../../errors.ts';
import type { Checksums } from '../../hash/checksum.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { retryAfterOf } from '../../rpc/retry.ts';
import { describeError, requestStorage } from '../storage.ts';
import { startWatchdog } from '../watchdog.ts';
import { parseStored, parseStoredObject } from './answer.ts';
import type { SessionBody } from './bodies.ts';
import type { SessionEvent } from './session.ts';
import { isStreamed } from './streamed-body.ts';

/** One request to an upload session. */
export interface SessionRequest {
  readonly url: string;
  /** `bytes 0-9/100`, or `bytes * /100` (without the space) for a query. */
  readonly contentRange?: string;
  /** Absent for a query. */
  readonly body?: SessionBody;
  /** Seconds in which nothing moves after which the request counts as lost; 0 for no limit. */
  readonly stallTimeout: number;
  /** Called with the number of bytes that the network took of a body that is read as it is sent. */
  readonly onSent?: (bytes: number) => void;
}

/** What came of it: an event for the session, the checksums of a last answer, the error behind a lost connection. */
export interface SessionOutcome {
  readonly event: SessionEvent;
  /** Bytes of the body that may have been sent; what a 308 or an error leaves of them only the storage knows. */
  readonly sent: number;
  readonly sums: Checksums;
  readonly reason?: unknown;
  /** `put` reached nobody: nothing was taken, and `fetch` may know a proxy or an authority that it does not. */
  readonly unreached?: boolean;
}

/** A link slower than this (bytes a second) is taken for a stalled one: a request from memory shows no progress. */
const slowest = 64 * 1024;

/** Starts the request. */
function start(
  client: KaggleClient,
  { url, contentRange, body }: SessionRequest,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = contentRange ? { 'content-range': contentRange } : {};
  const content = body?.content;
  if (isStreamed(content) && body?.put) {
    const request = { url, headers, length: content.length, read: content.read, sent, signal };
    return requestStorage(client, { method: 'PUT', url, signal }, () => body.put!(request));
  }
  const init: RequestInit & { duplex?: 'half' } = { method: 'PUT', headers, signal };
  // Where the platform hides redirects, it hands on a 308 without Location only when it is told to follow.
  init.redirect = client.platform.opaqueRedirects ? 'follow' : 'manual';
  if (isStreamed(content)) {
    init.body = content.stream(sent, signal);
    init.duplex = 'half';
    headers['content-length'] = String(content.length);
    // An empty body is sent as none: Content-Length is 0 either way.
  } else if (body && body.length > 0) init.body = content!;
  return requestStorage(client, new Request(url, init));
}

/**
 * Sends one request and turns what came of it into an event of the session. Aborts reject with the caller's reason, a
 * source that cannot be read with its own error.
 */
export async function requestSession(
  client: KaggleClient,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<SessionOutcome> {
  const { body, stallTimeout } = request;
  const streamed = isStreamed(body?.content) ? body.content : undefined;
  const atOnce = streamed ? 0 : (body?.length ?? 0);
  const watchdog = startWatchdog(stallTimeout && stallTimeout + atOnce / slowest, [signal]);
  const to = body ? 'send' : 'query';
  const sent = () => streamed?.consumed ?? atOnce;
  let taken = 0;
  const onSent = (bytes: number) => {
    watchdog.touch();
    taken += bytes;
    request.onSent?.(taken);
  };
  try {
    const response = await abortable(start(client, request, onSent, watchdog.signal), watchdog.signal);
    const { status, headers } = response;
    watchdog.touch();
    const answer = { type: 'answer', to, status, retryAfterMs: retryAfterOf(headers) } as const;
    if (status === 200 || status === 201) {
      // An answer that breaks off only costs what it says of the object.
      const text = await abortable(response.text(), watchdog.signal).catch(() => '');
      signal.throwIfAborted();
      const { sums, stored, suspect } = parseStoredObject(text, headers);
      return { event: { ...answer, stored, suspect }, sent: sent(), sums };
    }
    if (status >= 400) {
      const message = await describeError(response, watchdog.signal);
      signal.throwIfAborted();
      return { event: { ...answer, message }, sent: sent(), sums: {} };
    }
    response.body?.cancel().catch(() => undefined);
    const stored = status === 308 ? parseStored(headers.get('range')) : undefined;
    return { event: { ...answer, stored }, sent: sent(), sums: {} };
  } catch (error) {
    signal.throwIfAborted();
    if (streamed?.failure) throw streamed.failure;
    if (!watchdog.stalled && !(error instanceof ConnectionError)) throw error;
    const unreached = body?.put !== undefined && taken === 0;
    if (!unreached && error instanceof ConnectionError && error.permanent) throw error;
    return { event: { type: 'lost' }, sent: sent(), sums: {}, reason: error, unreached };
  } finally {
    watchdog.release();
    await streamed?.cancel();
  }
}
