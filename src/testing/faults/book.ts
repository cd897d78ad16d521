import { ValidationError } from '../../core/errors.ts';
import { type FaultKind, faultKinds, putOf } from './kinds.ts';
import type { FaultOptions, FaultRow, FaultyRequest } from './row.ts';

/** Which requests a fault applies to; all of what is given must match. */
export interface FaultMatch {
  /** Method name (`SaveKernel`) or `service/Method`. */
  method?: string | undefined;
  /** HTTP verb. */
  verb?: string | undefined;
  /** A part of the path, or a pattern, with or without the query: upload sessions differ in the query only. */
  path?: string | RegExp | undefined;
  /** Of the PUTs to an upload session: only those that send data, or only status queries. */
  puts?: 'data' | 'query' | undefined;
}

/** One way in which the emulator misbehaves. Plain data, but for a pattern in `match`. */
export interface Fault extends FaultOptions {
  kind: FaultKind;
  match?: FaultMatch | undefined;
  /** How many requests it applies to; default 1, for `redirectLoop` all. */
  times?: number | undefined;
  /** How many matching requests pass before; default 0. */
  after?: number | undefined;
}

/** The faults that wait for their requests. */
export interface Faults {
  /** Throws a ValidationError for a kind that does not exist, and for options that it does not take. */
  add(fault: Fault): void;
  clear(): void;
  readonly pending: readonly Fault[];
  /** How many requests met a fault since the last `clear`. */
  readonly met: number;
}

/** A fault that a request has met, with the row of its kind. */
export interface Injected {
  fault: Fault;
  row: FaultRow;
}

export interface FaultBook extends Faults {
  /** The fault for a request, if there is one; it is used up by that. */
  take(request: FaultyRequest): Injected | undefined;
}

const common = ['kind', 'match', 'times', 'after'];

/** The row of a fault's kind. Throws when there is none, or when it takes none of an option that is given. */
function rowOf(fault: Fault): FaultRow {
  const row = Object.hasOwn(faultKinds, fault.kind) ? faultKinds[fault.kind] : undefined;
  if (!row) {
    const known = Object.keys(faultKinds).join(', ');
    throw new ValidationError(`unknown fault kind ${JSON.stringify(fault.kind)}; expected one of ${known}`);
  }
  for (const [name, value] of Object.entries(fault)) {
    if (value === undefined || common.includes(name) || (row.takes as readonly string[]).includes(name)) continue;
    const takes = row.takes.length > 0 ? `it takes ${row.takes.join(', ')}` : 'it has no options of its own';
    throw new ValidationError(`the fault "${fault.kind}" does not take ${JSON.stringify(name)}; ${takes}`);
  }
  return row;
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
    const row = rowOf(fault);
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
