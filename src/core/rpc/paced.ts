import { ApiError, RateLimitError } from '../errors.ts';
import type { CallOptions, KaggleClient } from './client.ts';
import { isRepeatable, type Method } from './method.ts';
import { delayOf, type Pace, pause, refill, slowDown, speedUp, spend, startPace } from './pace.ts';
import { isTransient, retryDelay } from './retry.ts';

/** Requests per minute by default. Kaggle publishes no limit; "some 30 calls a minute" was reported. */
export const defaultRate = 30;

/** Reports the outcome of a request: whether the server accepted it, or refused it with 429, and the pause in ms that it asks for. */
export type Report = (outcome: 'accepted' | 'limited' | 'failed', retryAfterMs?: number) => void;

/** Resolves when the caller may send a request, in the order of the calls. Rejects with the reason of `signal` on abort. */
type Turn = (interval: number, signal: AbortSignal | undefined) => Promise<Report>;

/** A request that waits for its turn. */
interface Waiting {
  /** When the first in the queue will look again, in milliseconds since 1970. */
  until: number;
  wake(): void;
}

/** Maximum milliseconds between two looks of a request at its place in the queue. */
const longestNap = 60_000;
/** Milliseconds after which the first in the queue is dropped if it does not look. */
const patience = 10_000;

/**
 * Creates the queue of a client. Each request looks at its place by its own timer, and does not rely on those before it: in Workers,
 * these may belong to an invocation that ended.
 */
function createTurns({ clock }: KaggleClient): Turn {
  const queue: Waiting[] = [];
  let pace: Pace = startPace(clock.now());

  function leave(waiting: Waiting): void {
    const place = queue.indexOf(waiting);
    if (place >= 0) queue.splice(place, 1);
    const [first] = queue;
    if (place !== 0 || !first) return;
    first.until = clock.now();
    first.wake();
  }

  async function nap(waiting: Waiting, ms: number, signal: AbortSignal | undefined): Promise<void> {
    const woken = new AbortController();
    const both = signal ? AbortSignal.any([signal, woken.signal]) : woken.signal;
    try {
      await new Promise<void>((resolve, reject) => {
        waiting.wake = resolve;
        clock.sleep(Math.ceil(ms), both).then(resolve, reject);
      });
    } finally {
      woken.abort();
    }
  }

  return async (interval, signal) => {
    signal?.throwIfAborted();
    const waiting: Waiting = { until: clock.now(), wake: () => undefined };
    queue.push(waiting);
    try {
      for (;;) {
        const now = clock.now();
        pace = refill(pace, now);
        const [first] = queue;
        if (first && first !== waiting && now > first.until + patience) leave(first);
        const ms = delayOf(pace, interval);
        const place = queue.indexOf(waiting);
        if (place <= 0 && ms <= 0) break;
        if (place <= 0) waiting.until = now + ms;
        await nap(waiting, place > 0 ? Math.min(longestNap, ms + place * interval) : ms, signal);
      }
    } finally {
      leave(waiting);
    }
    pace = spend(pace, interval);
    const { slowdowns } = pace;
    return (outcome, retryAfterMs) => {
      pace = refill(pace, clock.now());
      if (retryAfterMs !== undefined) pace = pause(pace, retryAfterMs, clock.random());
      if (outcome === 'limited') pace = slowDown(pace, slowdowns);
      else if (outcome === 'accepted') pace = speedUp(pace, slowdowns);
    };
  };
}

/** The turns of each client. */
const turnsOf = new WeakMap<KaggleClient, Turn>();
/** The client of each paced form. */
const originalOf = new WeakMap<KaggleClient, KaggleClient>();

/**
 * Resolves when a request of a client, or of its paced form, may be sent, at most `perMinute` per minute. Report its outcome.
 * Rejects with the reason of `signal` or of the client's signal on abort.
 */
export function nextTurn(
  given: KaggleClient,
  perMinute: number,
  signal: AbortSignal | null | undefined,
): Promise<Report> {
  const client = originalOf.get(given) ?? given;
  const turn = turnsOf.get(client) ?? createTurns(client);
  turnsOf.set(client, turn);
  const signals = [client.signal, signal].filter((each) => each != null);
  return turn(60_000 / perMinute, signals.length > 1 ? AbortSignal.any(signals) : signals[0]);
}

/** Reports the outcome of a request that failed. */
export function reportFailure(report: Report, error: unknown): void {
  const pauseMs = error instanceof ApiError ? error.retryAfterMs : undefined;
  report(error instanceof RateLimitError ? 'limited' : 'failed', pauseMs);
}

/**
 * Returns a form of the client whose calls are sent at a gentle pace: at most `perMinute` per minute, after up to 10 at once.
 * Everything that uses paced forms of one client shares one queue. A 429 halves the pace of all for a while, and Retry-After
 * (at most 15 minutes) pauses all. Retries of idempotent calls queue too. The `timeout` of a call limits each attempt; the
 * time in the queue does not count. `client.http`, senders and transfers are not paced: see `nextTurn`.
 */
export function paced(given: KaggleClient, perMinute: number = defaultRate): KaggleClient {
  const client = originalOf.get(given) ?? given;

  async function send<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const report = await nextTurn(client, perMinute, signal);
    try {
      const result = await work();
      report('accepted');
      return result;
    } catch (error) {
      reportFailure(report, error);
      throw error;
    }
  }

  /** `call` or `callRaw`, in both forms: of a method and a request, or of two names and a request. */
  function paceCall(verb: 'call' | 'callRaw'): (target: Method | string, ...rest: unknown[]) => Promise<unknown> {
    return async (target, ...rest) => {
      const names = typeof target === 'string' ? [target, rest.shift()] : [target];
      const method = typeof target === 'string' ? { name: String(names[1]), idempotent: undefined } : target;
      const [request, options = {}] = rest as [unknown?, CallOptions?];
      const retries = isRepeatable(method) ? Number(options.retry ?? (method.idempotent ? client.retry : 0)) : 0;
      const call = client[verb] as (...values: unknown[]) => Promise<unknown>;
      for (let attempt = 1; ; attempt++) {
        try {
          return await send(options.signal, () => call(...names, request, { ...options, retry: 0 }));
        } catch (error) {
          if (!(attempt <= retries) || !isTransient(error)) throw error;
          // The next turn waits for as long as the server asks for.
          const ms = error instanceof RateLimitError ? 0 : retryDelay(attempt, 0, client.clock.random)!;
          await client.clock.sleep(ms, options.signal);
        }
      }
    };
  }

  const form: KaggleClient = {
    ...client,
    call: paceCall('call') as KaggleClient['call'],
    callRaw: paceCall('callRaw') as KaggleClient['callRaw'],
    whoAmI: (options = {}) => send(options.signal, () => client.whoAmI(options)),
    introspect: (options = {}) => send(options.signal, () => client.introspect(options)),
  };
  originalOf.set(form, client);
  return form;
}
