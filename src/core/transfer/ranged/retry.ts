/** Why a request did not return everything that it was for. */
export type Failure =
  | { readonly type: 'lost'; readonly cause: unknown }
  /** `reason`: what the storage says. */
  | { readonly type: 'busy'; readonly reason: string; readonly retryAfterMs: number | undefined }
  /** `throughApi`: the URL was new. */
  | { readonly type: 'expired'; readonly status: number; readonly reason: string; readonly throughApi: boolean }
  | { readonly type: 'refused'; readonly reason: string }
  /** The object is not the known one. */
  | { readonly type: 'changed' }
  /** A part was sent, without saying which. */
  | { readonly type: 'unplaced' }
  /** The whole object was sent instead of a range. */
  | { readonly type: 'ignored' };

/** Counters between failures. */
export interface RetryState {
  /** Failures in a row without new data. */
  readonly failures: number;
  /** Failures in a row, each after less than `steady` new bytes, or too soon after the previous one. */
  readonly interruptions: number;
  /** The most bytes ever received. */
  readonly best: number;
  /** URLs requested without new data since: one that the API has just returned is no better the next time. */
  readonly renewals: number;
}

export const firstAttempt: RetryState = { failures: 0, interruptions: 0, best: 0, renewals: 0 };

/** A connection that returned this many new bytes works: it is replaced immediately, as often as it breaks. */
const steady = 256 * 1024;
/** Milliseconds. A server that keeps breaking sooner than this is retried with pauses. */
const hasty = 250;
/** While a transfer progresses in small steps, pauses do not exceed that of this attempt, which is a second. */
const longestWhileMoving = 2;

/** What is known when a request has failed. */
export interface RetryContext {
  /** Bytes received in total. */
  readonly received: number;
  /**
   * Milliseconds since the previous failure.
   * @default long ago
   */
  readonly elapsed?: number | undefined;
  /** Failures in a row without new data after which the transfer fails. */
  readonly retries: number;
  /** Whether another URL can be requested. */
  readonly renewable: boolean;
  /** This request returned nothing, and other connections are fetching the same file. */
  readonly dispensable?: boolean;
}

export type RetryAction =
  /** Retry immediately, for what is still missing. */
  | { readonly type: 'retry' }
  | { readonly type: 'pause'; readonly attempt: number; readonly retryAfterMs: number | undefined }
  /** Get another URL, then retry. */
  | { readonly type: 'renew' }
  /** Leave the rest to the other connections. */
  | { readonly type: 'release'; readonly renew: boolean }
  /** Discard what was received and start over. */
  | { readonly type: 'restart' }
  | { readonly type: 'fail' };

/** Decides what to do after a failed request. Pure. */
export function decideRetry(
  before: RetryState,
  failure: Failure,
  { received, elapsed = hasty, retries, renewable, dispensable = false }: RetryContext,
): { state: RetryState; action: RetryAction } {
  const gained = received - before.best;
  const state = {
    failures: gained > 0 ? 0 : before.failures,
    interruptions: gained >= steady && elapsed >= hasty ? 0 : before.interruptions,
    best: Math.max(before.best, received),
    renewals: gained > 0 ? 0 : before.renewals,
  };
  if (failure.type === 'refused') return { state, action: { type: 'fail' } };
  const renew = renewable && failure.type === 'expired' && !failure.throughApi && state.renewals === 0;
  if (dispensable && failure.type !== 'changed') return { state, action: { type: 'release', renew } };
  state.failures++;
  state.interruptions++;
  if (state.failures > retries) return { state, action: { type: 'fail' } };
  if (failure.type === 'changed') return { state, action: { type: 'restart' } };
  if (failure.type === 'expired') {
    if (renew) state.renewals++;
    return { state, action: { type: renew ? 'renew' : 'fail' } };
  }
  if (failure.type === 'lost' && state.interruptions === 1) return { state, action: { type: 'retry' } };
  const attempt = Math.max(state.failures, Math.min(state.interruptions - 1, longestWhileMoving));
  const retryAfterMs = failure.type === 'busy' ? failure.retryAfterMs : undefined;
  return { state, action: { type: 'pause', attempt, retryAfterMs } };
}

/** Why a transfer ended, and what to do about it. */
export function explainFailure(failure: Failure, { failures }: RetryState, retries: number): string {
  const times = failures > retries ? `, ${failures} times in a row without new data` : '';
  const advice = failure.type === 'refused' || failure.type === 'expired' ? '' : '; try again';
  return `${describe(failure)}${times}${advice}`;
}

function describe(failure: Failure): string {
  if (failure.type === 'changed') return 'the file changed on the server during the transfer';
  if (failure.type === 'unplaced') return 'the storage sent a partial response without a valid Content-Range';
  if (failure.type === 'ignored') return 'the storage sent the whole file instead of the requested range';
  if (failure.type !== 'lost') return failure.reason;
  return `the connection was lost (${failure.cause instanceof Error ? failure.cause.message : 'no response'})`;
}
