import { abortable } from '../../abortable.ts';
import { ConnectionError } from '../../errors.ts';
import type { Checksums } from '../../hash/checksum.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { retryAfterOf } from '../../rpc/retry.ts';
import { describeError, requestStorage, transferHeaders } from '../storage.ts';
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
  /** Seconds without progress after which the request counts as lost; 0 for no limit. */
  readonly stallTimeout: number;
  /** Called with the total number of bytes that the network accepted of a streamed body. */
  readonly onSent?: (bytes: number) => void;
}

/**
 * Result of a request: an event for the session, checksums of the final response, and the error behind a lost connection.
 */
export interface SessionOutcome {
  readonly event: SessionEvent;
  /** Bytes of the body that may have been sent; how many of them were stored is only known to the storage. */
  readonly sent: number;
  readonly sums: Checksums;
  readonly reason?: unknown;
  /**
   * The platform's `put` did not reach the server. Nothing was sent, and `fetch` may know a proxy or certificate authority that it
   * does not.
   */
  readonly unreachable?: boolean;
}

/** A connection slower than this (bytes per second) counts as stalled: a request from memory shows no progress. */
const slowestRate = 64 * 1024;

/** Starts the request. */
function start(
  client: KaggleClient,
  { url, contentRange, body }: SessionRequest,
  sent: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Response> {
  const headers = transferHeaders(client, url);
  if (contentRange) headers['content-range'] = contentRange;
  const content = body?.content;
  if (isStreamed(content) && body?.put) {
    const request = { url, headers, length: content.length, read: content.read, sent, signal };
    return requestStorage(client, { method: 'PUT', url, signal }, () => body.put!(request));
  }
  const init: RequestInit & { duplex?: 'half' } = { method: 'PUT', headers, signal };
  // Where the platform hides redirects, it passes a 308 without Location only with `follow`.
  init.redirect = client.platform.opaqueRedirects ? 'follow' : 'manual';
  if (isStreamed(content)) {
    init.body = content.stream(sent, signal);
    init.duplex = 'half';
    headers['content-length'] = String(content.length);
    // An empty body is omitted: Content-Length is 0 either way.
  } else if (body && body.length > 0) init.body = content!;
  return requestStorage(client, new Request(url, init));
}

/**
 * Sends one request and turns the result into an event. Rejects with the caller's reason on abort, and with the error of a source
 * that cannot be read.
 */
export async function requestSession(
  client: KaggleClient,
  request: SessionRequest,
  signal: AbortSignal,
): Promise<SessionOutcome> {
  const { body, stallTimeout } = request;
  const streamed = isStreamed(body?.content) ? body.content : undefined;
  const heldBytes = streamed ? 0 : (body?.length ?? 0);
  const watchdog = startWatchdog(stallTimeout && stallTimeout + heldBytes / slowestRate, [signal]);
  const to = body ? 'send' : 'query';
  const sent = () => streamed?.consumed ?? heldBytes;
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
      // Without the whole body, only the details of the object are missing.
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
    const unreachable = body?.put !== undefined && taken === 0;
    if (!unreachable && error instanceof ConnectionError && error.permanent) throw error;
    return { event: { type: 'lost' }, sent: sent(), sums: {}, reason: error, unreachable };
  } finally {
    watchdog.release();
    await streamed?.cancel();
  }
}
