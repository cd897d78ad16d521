/** Bytes from `start` (inclusive) to `end` (exclusive). */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A range that is being fetched: everything before `at` was received. */
export interface RangeState {
  readonly at: number;
  readonly end: number;
  /** A connection is working on it. */
  readonly busy: boolean;
}

/** When to fetch one file over several connections. */
export interface RangeLimits {
  /** Maximum number of connections for one file. */
  readonly connections: number;
  /** Fewest bytes that are worth a separate request. */
  readonly minBytes: number;
  /** Milliseconds over which the rate is measured. */
  readonly intervalMs: number;
  /** No connection is added if the rest takes fewer seconds than this at the current rate. */
  readonly minSeconds: number;
  /** Bytes per second from which the machine is the limit, not the connection. */
  readonly fastRate: number;
}

export const rangeLimits: RangeLimits = {
  connections: 8,
  minBytes: 4 * 2 ** 20,
  intervalMs: 160,
  minSeconds: 1.5,
  fastRate: 120e6,
};

/** The ranges in order. Adjacent and overlapping ranges are joined, empty ones dropped. */
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

/** The parts of `total` bytes that are not in the `kept` ranges, in order. */
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
 * What a later process can build on: ranges within `total`, only the one from byte 0 if the hash needs the bytes in order, and
 * never everything: the last byte is requested again, which shows whether the object is still the same.
 */
export function usableRanges(kept: readonly Range[], total: number, inOrder: boolean): Range[] {
  const inside = kept.map(({ start, end }) => ({ start, end: Math.min(end, total - 1) }));
  const joined = joinRanges(inside);
  return inOrder ? joined.filter(({ start }) => start === 0) : joined;
}

/** What a free connection should do. */
export type Assignment =
  | { readonly type: 'take'; readonly index: number }
  /** Take over the part from `at`. */
  | { readonly type: 'split'; readonly index: number; readonly at: number }
  | { readonly type: 'none' };

/** A waiting range, otherwise half of the largest rest of another connection. */
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

/** The state of a transfer that decides whether more connections would help. */
export interface ConnectionStats {
  /** Bytes per second. */
  readonly rate: number;
  /** Bytes still to be received. */
  readonly rest: number;
  readonly connections: number;
  /** The state when connections were last added. */
  readonly before: { readonly rate: number; readonly connections: number } | undefined;
}

/** The rate must have grown by this factor for further connections. */
const minGrowth = 1.3;

/** How many connections there should be: four after the first measurement, then twice as many as long as that helps. */
export function wantedConnections(stats: ConnectionStats, limits: RangeLimits): number {
  const { rate, rest, connections, before } = stats;
  if (rate <= 0 || rest < 2 * limits.minBytes) return connections;
  const seconds = rest / rate;
  if (!before) {
    if (rate >= limits.fastRate || seconds < limits.minSeconds) return connections;
    return Math.min(limits.connections, connections * 4);
  }
  if (connections < before.connections || rate < minGrowth * before.rate || seconds < limits.minSeconds / 3) {
    return connections;
  }
  return Math.min(limits.connections, connections * 2);
}
