import { checkFault } from './check.ts';
import { type FaultKind, putOf } from './kinds.ts';
import type { FaultOptions, FaultRow, FaultyRequest } from './row.ts';

/** Selects the requests that a fault applies to. A request must match all fields that are given. */
export interface FaultMatch {
  /** Name of the API method: `SaveKernel` or `kernels.KernelsApiService/SaveKernel`. */
  method?: string | undefined;
  /** HTTP method, such as `PUT`. */
  verb?: string | undefined;
  /**
   * Part of the path with its query, or a pattern for the path with or without its query. Upload sessions differ only
   * in the query.
   */
  path?: string | RegExp | undefined;
  /** Selects PUT requests to an upload session: those that send `data`, or those that `query` its status. */
  puts?: 'data' | 'query' | undefined;
}

/**
 * A fault to inject: what goes wrong, for which requests, and how often. Plain data, except for a pattern in `match`.
 *
 * @example The connection breaks after 1000 bytes of an upload.
 * ```ts
 * import { type Fault } from 'kaggle-ts/testing';
 *
 * const fault: Fault = { kind: 'drop', on: 'request', bytes: 1000, match: { puts: 'data' } };
 * ```
 */
export interface Fault extends FaultOptions {
  /** What goes wrong. Each kind takes some of the options of `FaultOptions`. */
  kind: FaultKind;
  /**
   * Requests that the fault applies to.
   * @default all requests that the kind can affect
   */
  match?: FaultMatch | undefined;
  /**
   * Number of requests that the fault applies to; then it is removed. May be `Infinity`.
   * @default 1; `Infinity` for `redirectLoop`
   */
  times?: number | undefined;
  /**
   * Number of matching requests that pass before the fault applies.
   * @default 0
   */
  after?: number | undefined;
}

/**
 * The faults of an emulator that are waiting for a request.
 *
 * @example
 * ```ts
 * import { createEmulator } from 'kaggle-ts/testing';
 *
 * const { faults } = createEmulator();
 * faults.add({ kind: 'rateLimit', seconds: 2, match: { method: 'SaveKernel' } });
 * // The next push gets 429 with Retry-After: 2. Then `faults.met` is 1.
 * ```
 */
export interface Faults {
  /**
   * Adds a fault. A request meets at most one fault: the first that applies, in the order in which they were added.
   * @throws `ValidationError` for an unknown kind, and for a field that is unknown, invalid or not taken by the kind.
   */
  add(fault: Fault): void;
  /** Removes all faults, and sets `met` to 0. */
  clear(): void;
  /** Faults that still apply to future requests. */
  readonly pending: readonly Fault[];
  /** Number of requests that met a fault since the start or the last `clear()`. */
  readonly met: number;
}

/** A fault that applies to a request, with the row of its kind. */
export interface Injected {
  fault: Fault;
  row: FaultRow;
}

export interface FaultBook extends Faults {
  /** Returns the fault that applies to a request, if any, and counts it. */
  take(request: FaultyRequest): Injected | undefined;
}

function applies({ fault, row }: Injected, request: FaultyRequest): boolean {
  const { method, verb, path, puts } = fault.match ?? {};
  const { rpc } = request;
  if (method && !(rpc === method || rpc?.endsWith(`/${method}`))) return false;
  if (verb && verb.toUpperCase() !== request.verb) return false;
  if (puts && putOf(request) !== puts) return false;
  if (row.suits && !row.suits(request)) return false;
  if (!path) return true;
  const whole = request.path + request.query;
  return path instanceof RegExp ? path.test(request.path) || path.test(whole) : whole.includes(path);
}

export function createFaults(initial: readonly Fault[]): FaultBook {
  let entries: (Injected & { skip: number; left: number })[] = [];
  let met = 0;
  const add = (fault: Fault) => {
    const row = checkFault(fault);
    entries.push({ fault, row, skip: fault.after ?? 0, left: fault.times ?? row.times ?? 1 });
  };
  initial.forEach(add);
  return {
    add,
    clear() {
      entries = [];
      met = 0;
    },
    get met() {
      return met;
    },
    get pending() {
      return entries.map(({ fault }) => fault);
    },
    take(request) {
      for (const entry of entries) {
        if (!applies(entry, request)) continue;
        if (entry.skip-- > 0) continue;
        if (--entry.left <= 0) entries = entries.filter((other) => other !== entry);
        met++;
        return entry;
      }
      return undefined;
    },
  };
}
