export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A median, and between which values it lies. */
export interface Interval {
  median: number;
  low: number;
  high: number;
  /** How sure that is, 0 to 1: with fewer than six values even their whole range does not give 95 %. */
  confidence: number;
}

/** How often fewer than `below` of `count` values lie under the median. */
function chanceBelow(below: number, count: number): number {
  let sum = 0;
  let ways = 1;
  for (let k = 0; k < below; k++) {
    sum += ways;
    ways = (ways * (count - k)) / (k + 1);
  }
  return sum / 2 ** count;
}

/**
 * The narrowest interval between two of the values (by rank) that covers the median with at least 95 %, whatever their
 * distribution is: of seven values the whole range, of nine the second to the eighth.
 */
export function intervalOf(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  let rank = 1;
  while (rank + 1 <= count / 2 && 2 * chanceBelow(rank + 1, count) <= 0.05) rank++;
  return {
    median: median(sorted),
    low: sorted[rank - 1]!,
    high: sorted[count - rank]!,
    confidence: 1 - 2 * chanceBelow(rank, count),
  };
}

/**
 * The ratios of two clients within the rounds: both sides of each met the same machine. Where one side ran in fewer rounds
 * than the other, every value of the one with more is compared with the median of the other.
 */
export function ratios(over: readonly number[], under: readonly number[]): number[] {
  if (over.length === under.length) return over.map((value, round) => value / under[round]!);
  if (over.length > under.length) return over.map((value) => value / median(under));
  return under.map((value) => median(over) / value);
}
