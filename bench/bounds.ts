import { type Interval, intervalOf } from './interval.ts';

/** How a number may be: at most (a time, a size) or at least (so many times faster). */
export type Limit = { atMost: number } | { atLeast: number };

/** A promise about a number that was measured in several rounds. */
export interface Bound {
  /** Whose number it is, and of what. */
  what: string;
  unit: string;
  measured: Interval;
  must: Limit | undefined;
  aim: Limit | undefined;
}

export function bound(
  what: string,
  values: readonly number[],
  limits: { must?: Limit; aim?: Limit; unit?: string },
): Bound {
  const { must, aim, unit = '' } = limits;
  return { what, unit, measured: intervalOf(values), must, aim };
}

const within = (limit: Limit, value: number) => ('atMost' in limit ? value <= limit.atMost : value >= limit.atLeast);

/** Kept, or missed: then all of the interval lies beyond. Between the two the rounds do not tell. */
export function verdict({ measured }: Bound, limit: Limit): 'kept' | 'open' | 'missed' {
  if (within(limit, measured.median)) return 'kept';
  return within(limit, measured.low) || within(limit, measured.high) ? 'open' : 'missed';
}

export function isKept(one: Bound): boolean {
  return one.must === undefined || verdict(one, one.must) !== 'missed';
}

export function limitText(limit: Limit, unit: string): string {
  return 'atMost' in limit ? `<= ${limit.atMost}${unit}` : `>= ${limit.atLeast}${unit}`;
}
