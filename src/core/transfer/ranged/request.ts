import { ApiError, ConnectionError, isKaggleError, TransferError } from '../../errors.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { retryAfterOf } from '../../rpc/retry.ts';
import { describeError } from '../storage.ts';
import { startWatchdog, type Watchdog } from '../watchdog.ts';
import type { Route } from './address.ts';
import { classifyResponse, type KnownObject, type RangeRequest, type RangeResult } from './answer.ts';
import type { Failure } from './retry.ts';

/** A usable response. Its body is unread and watched: the reader of the body releases the watchdog. */
export interface RangeResponse {
  readonly type: 'part' | 'whole' | 'complete';
  readonly response: Response;
  readonly watchdog: Watchdog;
}

export interface RequestOptions {
  readonly client: KaggleClient;
  readonly route: Route;
  /** What an earlier response said about the object. */
  readonly known: KnownObject | undefined;
  /**
   * The object may be an HTML page.
   * @default false
   */
  readonly mayBePage?: boolean | undefined;
  /** Seconds without data after which the connection counts as lost; 0 for no limit. */
  readonly stall: number;
  readonly signal: AbortSignal;
}

/** Whether a request needs a Range header; one for the whole object does not. */
export function isRanged(request: RangeRequest): boolean {
  return 'last' in request || request.start > 0 || request.end !== undefined;
}

function headersOf(request: RangeRequest, { client, known }: RequestOptions): Record<string, string> {
  if (!isRanged(request)) return {};
  const last = 'last' in request || request.end === undefined ? '' : request.end - 1;
  const range = 'last' in request ? `bytes=-${request.last}` : `bytes=${request.start}-${last}`;
  // In a page, If-Range would need CORS permission of the storage: there the validator of the response is compared instead.
  const condition = known?.validator !== undefined && !client.platform.opaqueRedirects;
  return { range, ...(condition && { 'if-range': known.validator }) };
}

/** The failure, if another request may succeed; otherwise throws the error. */
function failureOf(error: unknown, throughApi: boolean, watchdog: Watchdog): Failure {
  if (watchdog.stalled) return { type: 'lost', cause: error };
  // The call itself has already retried failures of the API.
  if (throughApi && error instanceof ApiError && error.status === 416) return { type: 'changed' };
  if (throughApi && isKaggleError(error)) throw error;
  // The URL cannot be requested.
  if (error instanceof TransferError) return { type: 'refused', reason: error.message };
  if (error instanceof ConnectionError && !error.permanent) return { type: 'lost', cause: redactError(error) };
  throw error;
}

/** The failure of an unusable response, with what it says. Reads its body. */
async function refusalOf(
  type: Exclude<RangeResult, RangeResponse['type']>,
  response: Response,
  throughApi: boolean,
  signal: AbortSignal,
): Promise<Failure> {
  if (type === 'changed' || type === 'unplaced') return { type };
  const { status, headers } = response;
  const reason =
    status === 200 ? 'the server sent an HTML page instead of the file' : await describeError(response, signal);
  if (type === 'busy') return { type, reason, retryAfterMs: retryAfterOf(headers) };
  return type === 'expired' ? { type, status, reason, throughApi } : { type, reason };
}

/**
 * Makes one request for a range. Returns a usable response, or the failure. Throws what the API refuses, and the reason of `signal`.
 */
export async function requestRange(request: RangeRequest, options: RequestOptions): Promise<RangeResponse | Failure> {
  const { client, route, known, stall, signal, mayBePage = false } = options;
  const { throughApi } = route;
  // Calls of the API have their own deadline.
  let watchdog = startWatchdog(throughApi ? 0 : stall, [signal]);
  let usable = false;
  try {
    const response = await route.send(headersOf(request, options), watchdog.signal);
    if (throughApi) {
      watchdog.release();
      watchdog = startWatchdog(stall, [signal]);
    }
    watchdog.touch();
    const type = classifyResponse(request, known, response, {
      rangeHidden: client.platform.opaqueRedirects === true,
      mayBePage,
    });
    if (type === 'part' || type === 'whole' || type === 'complete') {
      usable = true;
      return { type, response, watchdog };
    }
    const failure = await refusalOf(type, response, throughApi, watchdog.signal);
    response.body?.cancel().catch(() => undefined);
    signal.throwIfAborted();
    return failure;
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error, throughApi, watchdog);
  } finally {
    if (!usable) watchdog.release();
  }
}
