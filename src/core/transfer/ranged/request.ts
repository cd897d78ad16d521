import { ApiError, ConnectionError, isKaggleError } from '../../errors.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { retryAfterOf } from '../../rpc/retry.ts';
import { describeError } from '../storage.ts';
import { startWatchdog, type Watchdog } from '../watchdog.ts';
import type { Route } from './address.ts';
import { classifyAnswer, type KnownObject, type RangeAnswer, type RangeRequest } from './answer.ts';
import type { Failure } from './retry.ts';

/** An answer that can be used. Its body is unread, and watched: who has read it releases the watchdog. */
export interface Answered {
  readonly type: 'part' | 'whole' | 'complete';
  readonly response: Response;
  readonly watchdog: Watchdog;
}

export interface RequestOptions {
  readonly client: KaggleClient;
  readonly route: Route;
  /** What an earlier answer said of the object. */
  readonly known: KnownObject | undefined;
  /** The object may be an HTML page; default `false`. */
  readonly mayBePage?: boolean | undefined;
  /** Seconds without a byte after which the connection counts as lost; 0 for no limit. */
  readonly stall: number;
  readonly signal: AbortSignal;
}

/** Whether a request needs a Range header: the whole object comes without. */
export function isRanged(request: RangeRequest): boolean {
  return 'last' in request || request.start > 0 || request.end !== undefined;
}

function headersOf(request: RangeRequest, { client, known }: RequestOptions): Record<string, string> {
  if (!isRanged(request)) return {};
  const last = 'last' in request || request.end === undefined ? '' : request.end - 1;
  const range = 'last' in request ? `bytes=-${request.last}` : `bytes=${request.start}-${last}`;
  // In a page If-Range would need the storage's permission (CORS): there the answer's validator is compared instead.
  const condition = known?.validator !== undefined && !client.platform.opaqueRedirects;
  return { range, ...(condition && { 'if-range': known.validator }) };
}

/** What went wrong, if another request may get over it; else throws it. */
function failureOf(error: unknown, throughApi: boolean, watchdog: Watchdog): Failure {
  if (watchdog.stalled) return { type: 'lost', cause: error };
  // What the API refuses or fails to answer was retried by the call itself.
  if (throughApi && error instanceof ApiError && error.status === 416) return { type: 'changed' };
  if (throughApi && isKaggleError(error)) throw error;
  if (error instanceof ConnectionError && !error.permanent) return { type: 'lost', cause: redactError(error) };
  throw error;
}

/** An answer that cannot be used, with what it says. Reads its body. */
async function refusalOf(
  type: Exclude<RangeAnswer, Answered['type']>,
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
 * One request for a range. Resolves to an answer, or to why there is none that can be used. Throws what the API refuses,
 * and the reason of `signal`.
 */
export async function requestRange(request: RangeRequest, options: RequestOptions): Promise<Answered | Failure> {
  const { client, route, known, stall, signal, mayBePage = false } = options;
  const { throughApi } = route;
  // What the API is asked has a deadline of its own.
  let watchdog = startWatchdog(throughApi ? 0 : stall, [signal]);
  let used = false;
  try {
    const response = await route.ask(headersOf(request, options), watchdog.signal);
    if (throughApi) {
      watchdog.release();
      watchdog = startWatchdog(stall, [signal]);
    }
    watchdog.touch();
    const type = classifyAnswer(request, known, response, {
      rangeHidden: client.platform.opaqueRedirects === true,
      mayBePage,
    });
    if (type === 'part' || type === 'whole' || type === 'complete') {
      used = true;
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
    if (!used) watchdog.release();
  }
}
