/** Seconds of an accelerator in a week. */
export interface QuotaUse {
  used: number;
  /** Held by running sessions: not available either. */
  reserved: number;
}

/** What Kaggle returned at a time. */
export interface QuotaSample {
  /** Milliseconds since 1970. */
  at: number;
  GPU: QuotaUse | undefined;
  TPU: QuotaUse | undefined;
}

/** The use of one day (UTC). */
export interface DayOfUse {
  /** `2026-11-28`. */
  day: string;
  seconds: number;
  /**
   * `measured`: between two samples of this day. `estimated`: between samples of different days, spread evenly. `unknown`: there
   * are no samples before and after it.
   */
  kind: 'measured' | 'estimated' | 'unknown';
}

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
const keptMs = 60 * dayMs;
const mostSamples = 1500;
/** Samples in which nothing changed are kept at this distance, so that days without use are known. */
const quietMs = 3_600_000;

const isSame = (a: QuotaUse | undefined, b: QuotaUse | undefined) => a?.used === b?.used && a?.reserved === b?.reserved;

/** Adds a sample. The last one is replaced if it said the same and the one before it did, too. */
export function addSample(samples: readonly QuotaSample[], sample: QuotaSample): QuotaSample[] {
  const kept = samples.filter(({ at }) => at > sample.at - keptMs && at <= sample.at);
  const [before, last] = [kept.at(-2), kept.at(-1)];
  const unchanged = [before, last].every(
    (each) => each && isSame(each.GPU, sample.GPU) && isSame(each.TPU, sample.TPU),
  );
  if (unchanged && sample.at - before!.at < quietMs) kept.pop();
  return [...kept, sample].slice(-mostSamples);
}

/** A part of a time in which so many seconds were used. */
interface Span {
  from: number;
  to: number;
  seconds: number;
}

/** The start of the week of the quota that contains `at`. `refill` is the start of any week. */
const weekStart = (at: number, refill: number) => refill + Math.floor((at - refill) / weekMs) * weekMs;

function spansOf(samples: readonly QuotaSample[], kind: 'GPU' | 'TPU', refill: number): Span[] {
  const seen = samples.flatMap((sample) => (sample[kind] ? [{ at: sample.at, used: sample[kind].used }] : []));
  return seen.map(({ at, used }, index) => {
    const start = weekStart(at, refill);
    const before = seen[index - 1];
    // A new week starts at zero.
    if (!before || before.at < start || before.used > used) return { from: Math.min(start, at), to: at, seconds: used };
    return { from: before.at, to: at, seconds: used - before.used };
  });
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** The use of each of the last days, as far as it follows from samples. The quota is refilled each week at the time of `refill`. */
export function daysOfUse(
  samples: readonly QuotaSample[],
  kind: 'GPU' | 'TPU',
  refill: number,
  now: number,
  days = 14,
): DayOfUse[] {
  const today = Math.floor(now / dayMs) * dayMs;
  const found = Array.from({ length: days }, (_, index): DayOfUse & { start: number } => {
    const start = today - (days - 1 - index) * dayMs;
    return { day: dayOf(start), start, seconds: 0, kind: 'unknown' };
  });
  for (const { from, to, seconds } of spansOf(samples, kind, refill)) {
    for (const day of found) {
      const overlap = Math.min(to, day.start + dayMs) - Math.max(from, day.start);
      if (overlap < 0 || (overlap === 0 && from !== to)) continue;
      const share = to === from ? 1 : overlap / (to - from);
      const isMeasured = seconds === 0 || (from >= day.start && to <= day.start + dayMs);
      day.seconds += seconds * share;
      if (!isMeasured) day.kind = 'estimated';
      else if (day.kind === 'unknown') day.kind = 'measured';
    }
  }
  return found.map(({ day, seconds, kind }) => ({ day, seconds, kind }));
}
