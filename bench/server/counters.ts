/** What the clients did since the last reset, over both origins. */
export interface Counters {
  requests: number;
  /** Requests under way at once, at most. */
  peak: number;
  connections: number;
  bytesIn: number;
  bytesOut: number;
}

const zero: Counters = { requests: 0, peak: 0, connections: 0, bytesIn: 0, bytesOut: 0 };
export const counters: Counters = { ...zero };
let underWay = 0;

/** Notes a request; answers what notes its end, once. */
export function begin(): () => void {
  counters.requests++;
  counters.peak = Math.max(counters.peak, ++underWay);
  let ended = false;
  return () => {
    if (!ended) underWay--;
    ended = true;
  };
}

export function takeCounters(): Counters {
  const taken = { ...counters };
  Object.assign(counters, zero);
  return taken;
}
