import type { Stop } from './stop.ts';

/** What a step may still use. */
export interface StepBudget {
  /** Counts a request. */
  request(): void;
  /** Counts bytes that are uploaded or downloaded. */
  bytes(count: number): void;
  /** Ends the step if its requests or bytes are used up. Call it before each piece of work that a later step can do. */
  check(): void;
  /** Ends the step if its requests are used up. */
  checkRequests(): void;
}

export function createBudget(limits: { readonly requests: number; readonly bytes: number }, stop: Stop): StepBudget {
  let requests = 0;
  let bytes = 0;
  const checkRequests = () => {
    if (requests >= limits.requests) stop.throw('budget');
  };
  return {
    checkRequests,
    request() {
      requests += 1;
    },
    bytes(count) {
      bytes += count;
    },
    check() {
      checkRequests();
      if (bytes >= limits.bytes) stop.throw('budget');
    },
  };
}
