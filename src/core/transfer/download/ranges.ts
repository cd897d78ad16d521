/** Bytes from `start` (inclusive) to `end` (exclusive). */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range that is being fetched: all before `at` is here. */
export interface RangeState {
  readonly at: number;
  readonly end: number;
  /** A connection is at work on it. */
  readonly busy: boolean;
}

/** When one file is fetched over several connections. */
export interface RangeLimits {
  /** Connections for one file. */
  readonly connections: number;
  /** The fewest bytes that are worth a request of their own. */
  readonly minBytes: number;
  /** Milliseconds over which the rate is measured. */
  readonly intervalMs: number;
  /** With less than so many seconds to go at the present rate, no connection is added. */
  readonly minSeconds: number;
  /** Bytes a second from which on it is the machine that limits, not the connection. */
  readonly fastRate: number;
}

export const rangeLimits: RangeLimits = {
  connections: 8,
  minBytes: 4 * 2 ** 20,
  intervalMs: 160,
  minSeconds: 1.5,
  fastRate: 120e6,
};

/** The ranges in order, those that touch or overlap as one, empty ones left out. */
export function joinRanges(ranges: readonly Range[]): Range[] {
  const joined: { start: number; end: number }[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    if (end <= start) continue;
    const last = joined.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else joined.push({ start, end });
  }
  return joined;
}

/** What of `total` bytes is not in the `kept` ranges, in order. */
export function missingRanges(total: number, kept: readonly Range[]): Range[] {
  const missing: Range[] = [];
  let at = 0;
  for (const { start, end } of joinRanges(kept)) {
    if (start > at) missing.push({ start: at, end: Math.min(start, total) });
    at = Math.max(at, end);
  }
  if (at < total) missing.push({ start: at, end: total });
  return missing;
}

/**
 * What a later process may build on: inside of `total`, of one piece from byte 0 where the hash must be counted in
 * order, and never all of it: the last byte is asked for again, which shows whether the object is still the same.
 */
export function usableRanges(kept: readonly Range[], total: number, inOrder: boolean): Range[] {
  const inside = kept.map(({ start, end }) => ({ start, end: Math.min(end, total - 1) }));
  const joined = joinRanges(inside);
  return inOrder ? joined.filter(({ start }) => start === 0) : joined;
}

/** What a connection that is free should do. */
export type Assignment =
  | { readonly type: 'take'; readonly index: number }
  /** Take over the part from `at` on. */
  | { readonly type: 'split'; readonly index: number; readonly at: number }
  | { readonly type: 'none' };

/** A range that waits, or else half of the largest rest that another connection has before it. */
export function assignRange(ranges: readonly RangeState[], minBytes: number): Assignment {
  const waiting = ranges.findIndex(({ at, end, busy }) => !busy && at < end);
  if (waiting >= 0) return { type: 'take', index: waiting };
  let index = -1;
  let most = 2 * minBytes - 1;
  ranges.forEach(({ at, end, busy }, i) => {
    const rest = end - at;
    if (!busy || !Number.isFinite(rest) || rest <= most) return;
    most = rest;
    index = i;
  });
  return index < 0 ? { type: 'none' } : { type: 'split', index, at: ranges[index]!.end - Math.floor(most / 2) };
}

/** How a transfer goes: what decides whether more connections would help. */
export interface ConnectionStats {
  /** Bytes a second. */
  readonly rate: number;
  /** Bytes that have not come yet. */
  readonly rest: number;
  readonly connections: number;
  /** What it was when connections were last added. */
  readonly before: { readonly rate: number; readonly connections: number } | undefined;
}

/** How many times the rate must have grown for still more connections. */
const gain = 1.3;

/** How many connections there should be: four after the first measurement, then twice as many as long as that helps. */
export function wantedConnections(stats: ConnectionStats, limits: RangeLimits): number {
  const { rate, rest, connections, before } = stats;
  if (rate <= 0 || rest < 2 * limits.minBytes) return connections;
  const seconds = rest / rate;
  if (!before) {
    if (rate >= limits.fastRate || seconds < limits.minSeconds) return connections;
    return Math.min(limits.connections, connections * 4);
  }
  if (connections < before.connections || rate < gain * before.rate || seconds < limits.minSeconds / 3) {
    return connections;
  }
  return Math.min(limits.connections, connections * 2);
}
