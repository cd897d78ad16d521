/** Why a request did not bring all that it was for. */
export type Failure =
  | { readonly type: 'lost'; readonly cause: unknown }
  /** `reason`: what the storage says. */
  | { readonly type: 'busy'; readonly reason: string; readonly retryAfterMs: number | undefined }
  /** `throughApi`: the address was new. */
  | { readonly type: 'expired'; readonly status: number; readonly reason: string; readonly throughApi: boolean }
  | { readonly type: 'refused'; readonly reason: string }
  /** The object is not the one that is known. */
  | { readonly type: 'changed' }
  /** A part came, and nothing told which. */
  | { readonly type: 'unplaced' }
  /** All of the object came instead of a range. */
  | { readonly type: 'ignored' };

/** What is remembered from one failure to the next. */
export interface RetryState {
  /** Failures in a row without a new byte. */
  readonly failures: number;
  /** Failures in a row, each after less than `steady` new bytes, or too soon after the one before. */
  readonly interruptions: number;
  /** The most bytes that were ever received. */
  readonly best: number;
  /** Addresses that were asked for without a new byte since: one that the API has just given is no better the next time. */
  readonly renewals: number;
}

export const firstAttempt: RetryState = { failures: 0, interruptions: 0, best: 0, renewals: 0 };

/** A connection that brought so many new bytes works: it may be replaced at once, as often as it breaks. */
const steady = 256 * 1024;
/** Milliseconds: a server that breaks sooner than that, again and again, is not asked as often as it can. */
const hasty = 250;
/** Pauses of a transfer that moves on in small steps grow no longer than this attempt's, which is a second. */
const longestWhileMoving = 2;

/** What is seen when a request has failed. */
export interface Situation {
  /** Bytes that have been received in all. */
  readonly received: number;
  /** Milliseconds since the failure before; default long ago. */
  readonly elapsed?: number | undefined;
  /** Failures in a row without a new byte after which it ends. */
  readonly retries: number;
  /** Whether another address can be asked for. */
  readonly renewable: boolean;
  /** This request brought nothing, and other connections are fetching the same file. */
  readonly dispensable?: boolean;
}

export type RetryAction =
  /** Ask again at once, for what is missing now. */
  | { readonly type: 'retry' }
  | { readonly type: 'pause'; readonly attempt: number; readonly retryAfterMs: number | undefined }
  /** Get another address, then ask again. */
  | { readonly type: 'renew' }
  /** Leave the rest to the other connections. */
  | { readonly type: 'release'; readonly renew: boolean }
  /** Discard what was received. */
  | { readonly type: 'restart' }
  | { readonly type: 'fail' };

/** Decides what follows a failed request. Pure. */
export function decideRetry(
  before: RetryState,
  failure: Failure,
  { received, elapsed = hasty, retries, renewable, dispensable = false }: Situation,
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
