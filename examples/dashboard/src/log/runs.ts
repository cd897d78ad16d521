import { plain, type Style } from './style.ts';

/** A part of a line with a style other than the default, in UTF-16 units. */
export interface StyledRun {
  readonly start: number;
  readonly end: number;
  readonly style: Style;
}

/** Changes the runs of a line, which are in order, for text that was written from `start` to `end`. */
export function paint(runs: StyledRun[], start: number, end: number, style: Style): void {
  if (start >= end) return;
  const last = runs.at(-1);
  const isAfter = !last || last.end <= start;
  if (isAfter && style === plain) return;
  if (last?.end === start && last.style === style) runs[runs.length - 1] = { ...last, end };
  else if (isAfter) runs.push({ start, end, style });
  else {
    const before = runs.filter((run) => run.start < start).map((run) => ({ ...run, end: Math.min(run.end, start) }));
    const after = runs.filter((run) => run.end > end).map((run) => ({ ...run, start: Math.max(run.start, end) }));
    runs.splice(0, runs.length, ...before, ...(style === plain ? [] : [{ start, end, style }]), ...after);
  }
}
