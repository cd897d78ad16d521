import type { StyledRun } from './runs.ts';
import type { Range } from './search.ts';
import { plain, type Style } from './style.ts';

/** A part of a row that looks the same. */
export interface Segment {
  readonly text: string;
  readonly style: Style;
  /** Number of the match in its line; `undefined` outside of matches. */
  readonly match: number | undefined;
}

/** Splits the part of a text from `start` to `end` by its styles and matches. */
export function toSegments(
  text: string,
  allRuns: readonly StyledRun[],
  allMatches: readonly Range[],
  start = 0,
  end: number = text.length,
): Segment[] {
  const runs = allRuns.filter((run) => run.start < end && run.end > start);
  const matches = allMatches
    .map((range, nth) => ({ range, nth }))
    .filter(({ range }) => range[0] < end && range[1] > start);
  const edges = new Set([start, end]);
  for (const edge of [...runs.flatMap((run) => [run.start, run.end]), ...matches.flatMap(({ range }) => range)]) {
    if (edge > start && edge < end) edges.add(edge);
  }
  const sorted = [...edges].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((from, at) => {
    const match = matches.find(({ range }) => range[0] <= from && from < range[1]);
    const run = runs.find((candidate) => candidate.start <= from && from < candidate.end);
    return {
      text: text.slice(from, sorted[at + 1]),
      style: run?.style ?? plain,
      match: match?.nth,
    };
  });
}
