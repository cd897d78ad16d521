import type { Limits } from './limits.ts';
import { Refusal } from './refusal.ts';

/** Requests of one user or address. */
interface Account {
  /** Requests that may still be made at once. */
  tokens: number;
  /** Milliseconds at which `tokens` was right. */
  at: number;
  active: number;
}

/** Counts requests. */
export interface Admission {
  /**
   * Counts a request of `key`, and returns a function that ends it, which can be called more than once. Throws `Refusal` with status
   * 429 for one too many.
   */
  enter(key: string): () => void;
}

/** Accounts that are remembered at most, beside those with requests in progress. */
const mostAccounts = 10_000;

/** Creates a token bucket, which allows a burst of one minute's requests, and a count of concurrent requests, for each key. */
export function createAdmission(limits: Limits, now: () => number): Admission {
  const { requestsPerMinute, concurrent, concurrentInAll } = limits;
  const perMs = requestsPerMinute / 60_000;
  const accounts = new Map<string, Account>();
  let active = 0;

  function refuse(rule: string, what: string, seconds: number): never {
    throw new Refusal(429, `too many requests: ${what} (limits.${rule}); try again in ${seconds} s`, `limits.${rule}`, {
      'retry-after': String(seconds),
    });
  }

  /** Forgets accounts of users without requests in progress: half of them at once, so that it is rarely needed. */
  function prune(): void {
    if (accounts.size < mostAccounts) return;
    const time = now();
    // A full bucket is as good as a new one.
    const isFull = ({ tokens, at }: Account) => tokens + (time - at) * perMs >= requestsPerMinute;
    for (const [key, account] of accounts) if (account.active === 0 && isFull(account)) accounts.delete(key);
    for (const [key, account] of accounts) {
      if (accounts.size <= mostAccounts / 2) return;
      if (account.active === 0) accounts.delete(key);
    }
  }

  return {
    enter(key) {
      if (active >= concurrentInAll) refuse('concurrentInAll', `${concurrentInAll} requests are in progress`, 1);
      const time = now();
      let account = accounts.get(key);
      if (!account) {
        prune();
        account = { tokens: requestsPerMinute, at: time, active: 0 };
        accounts.set(key, account);
      }
      account.tokens = Math.min(requestsPerMinute, account.tokens + Math.max(0, time - account.at) * perMs);
      account.at = time;
      if (account.active >= concurrent) refuse('concurrent', `${concurrent} requests of this user are in progress`, 1);
      if (account.tokens < 1)
        refuse(
          'requestsPerMinute',
          `more than ${requestsPerMinute} a minute`,
          Math.ceil((1 - account.tokens) / perMs / 1000),
        );
      account.tokens--;
      account.active++;
      active++;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        account.active--;
        active--;
      };
    },
  };
}
