import type { KaggleClient } from '../client.ts';
import { ConnectionError } from '../errors.ts';
import { parseRetryAfter } from '../retry.ts';
import { type Checksums, parseHashBody, parseHashHeader } from './checksum.ts';
import type { SessionEvent } from './session.ts';
import { requestStorage } from './storage.ts';
import { abortable, startWatchdog } from './watchdog.ts';

/** One request to an upload session. */
export interface SessionPut {
  url: string;
  to: 'send' | 'query';
  /** `bytes 0-9/100`, or `bytes * /100` (without the space) for a query. */
  contentRange?: string;
  /** Absent for a query. */
  body?: Uint8Array<ArrayBuffer>;
  /** Seconds without an answer after which the request counts as lost. */
  stallTimeout: number;
}

/** How many bytes a 308 says are stored: 0 without a Range header, `undefined` for one that makes no sense. */
export function parseStored(range: string | null): number | undefined {
  if (range === null) return 0;
  const match = /^(?:bytes[= ]\s*)?0-(\d+)$/.exec(range.trim());
  return match ? Number(match[1]) + 1 : undefined;
}

/**
 * Sends one request and turns what came of it into an event of the session, with the checksums of a last answer.
 * Aborts reject with the caller's reason.
 */
export async function putToSession(
  client: KaggleClient,
  put: SessionPut,
  signal: AbortSignal,
): Promise<{ event: SessionEvent; sums: Checksums; reason?: unknown }> {
  const watchdog = startWatchdog(put.stallTimeout, [signal]);
  const headers = put.contentRange ? { 'content-range': put.contentRange } : undefined;
  try {
    const request = new Request(put.url, {
      method: 'PUT',
      headers,
      // An empty body is sent as none: Content-Length is 0 either way.
      body: put.body && put.body.length > 0 ? put.body : null,
      // Where the platform hides redirects, it hands on a 308 without Location only when it is told to follow.
      redirect: client.platform.opaqueRedirects ? 'follow' : 'manual',
      signal: watchdog.signal,
    });
    const response = await abortable(requestStorage(client, request), watchdog.signal);
    const { status } = response;
    watchdog.touch();
    let sums: Checksums = {};
    if (status === 200 || status === 201) {
      // The object is stored by now: an answer that breaks off only costs the checksums that it held.
      const text = await abortable(response.text(), watchdog.signal).catch(() => '');
      signal.throwIfAborted();
      sums = { ...parseHashBody(text), ...parseHashHeader(response.headers.get('x-goog-hash')) };
    } else response.body?.cancel().catch(() => undefined);
    const stored = status === 308 ? parseStored(response.headers.get('range')) : undefined;
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'));
    return { event: { type: 'answer', to: put.to, status, stored, retryAfterMs }, sums };
  } catch (error) {
    signal.throwIfAborted();
    if (watchdog.stalled || error instanceof ConnectionError)
      return { event: { type: 'lost' }, sums: {}, reason: error };
    throw error;
  } finally {
    watchdog.release();
  }
}
