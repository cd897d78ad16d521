import type { Ending } from './fetch-range.ts';

/** What is remembered from one request of a download to the next. */
export interface Attempts {
  /** Requests in a row after which no byte more was here. */
  readonly failures: number;
  /** The most bytes that were ever here. */
  readonly best: number;
  /** How many of the failures made it get another address: one that the API has just given is no better the next time. */
  readonly renewals: number;
}

export const firstAttempt: Attempts = { failures: 0, best: 0, renewals: 0 };

/** What is seen when a request has ended without all that it was for. */
export interface Situation {
  /** Bytes of the whole file that are here. */
  readonly received: number;
  /** Whether this request brought any. */
  readonly moved: boolean;
  /** Whether other connections are at work on the same file. */
  readonly others: boolean;
  /** Failures in a row that are put up with. */
  readonly retries: number;
  /** Whether the API can be asked for another address. */
  readonly renewable: boolean;
}

export type Reaction =
  /** Ask again, for what is missing now. */
  | { readonly type: 'goOn' }
  | { readonly type: 'pause'; readonly attempt: number; readonly retryAfterMs: number | undefined }
  /** Get another address, then ask again. */
  | { readonly type: 'renew' }
  /** Leave the rest to the other connections. */
  | { readonly type: 'handBack'; readonly renew: boolean }
  /** Throw away what is here. */
  | { readonly type: 'startOver' }
  | { readonly type: 'giveUp' };

/** How a download goes on after a request has failed. Pure. */
export function react(
  before: Attempts,
  ending: Exclude<Ending, { type: 'done' | 'again' }>,
  situation: Situation,
): { attempts: Attempts; reaction: Reaction } {
  const { received, moved, others, retries } = situation;
  const best = Math.max(before.best, received);
  const expired = ending.type === 'expired';
  const news = received > before.best;
  const renewals = news ? 0 : before.renewals;
  const renewable = situation.renewable && expired && ending.direct && renewals === 0;
  if (ending.type === 'refused') return { attempts: { ...before, best, renewals }, reaction: { type: 'giveUp' } };
  if (ending.type === 'ignored' || (others && !moved && ending.type !== 'changed')) {
    return { attempts: { ...before, best, renewals }, reaction: { type: 'handBack', renew: renewable } };
  }
  const failures = (news ? 0 : before.failures) + 1;
  const decide = (): Reaction => {
    if (failures > retries) return { type: 'giveUp' };
    if (ending.type === 'changed') return { type: 'startOver' };
    if (expired) return { type: renewable ? 'renew' : 'giveUp' };
    if (ending.type === 'lost' && failures === 1) return { type: 'goOn' };
    const retryAfterMs = ending.type === 'busy' ? ending.retryAfterMs : undefined;
    return { type: 'pause', attempt: failures, retryAfterMs };
  };
  const reaction = decide();
  return { attempts: { failures, best, renewals: renewals + (reaction.type === 'renew' ? 1 : 0) }, reaction };
}

/** A few words on why a request ended. */
export function explain(ending: Ending): string {
  if (ending.type === 'busy' || ending.type === 'expired' || ending.type === 'refused') return ending.words;
  if (ending.type === 'changed') return 'the file changed while it was being downloaded';
  const cause = ending.type === 'lost' ? ending.cause : undefined;
  return `the connection was lost (${cause instanceof Error ? cause.message : 'no answer'})`;
}
