import type { Bound, Limit } from '../bounds.ts';
import { bound } from '../bounds.ts';
import type { Worker } from '../clients/jobs.ts';
import { median, ratios } from '../interval.ts';
import type { Report } from '../scenarios/scenario.ts';
import type { Results, Transfer } from './run.ts';

const times = (results: Results, worker: Worker) => results.get(worker)?.map(({ wallSeconds }) => wallSeconds!) ?? [];

/** One line a client; a column with the ratio to each of `against`: their time / its own, how many times faster it is. */
export function transferReport(
  transfer: Transfer,
  results: Results,
  {
    title,
    text,
    against,
    bounds,
  }: { title: string; text: string; against: readonly Worker[]; bounds: readonly Bound[] },
): Report {
  const others = against.filter((worker) => results.has(worker));
  const middle = (values: (number | undefined)[]) => median(values.map((value) => value ?? Number.NaN));
  const rows = [...results].map(([worker, samples]) => {
    const seconds = times(results, worker);
    return [
      worker.name,
      median(seconds).toFixed(2),
      `${Math.min(...seconds).toFixed(2)} to ${Math.max(...seconds).toFixed(2)}`,
      ...others.map((other) => median(ratios(seconds, times(results, other))).toFixed(2)),
      middle(samples.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      Math.max(...samples.map(({ peakMiB }) => peakMiB ?? Number.NaN)).toFixed(0),
      middle(samples.map(({ requests }) => requests)).toFixed(0),
      middle(samples.map(({ peak }) => peak)).toFixed(0),
      String(samples.length),
    ];
  });
  return {
    title,
    text,
    head: [
      'client',
      'seconds',
      'least to most',
      ...others.map(({ name }) => `time / ${name}`),
      'CPU s',
      'peak MiB',
      'requests',
      'at once',
      'rounds',
    ],
    rows,
    bounds,
    skipped: transfer.runners.map(({ worker }) => worker).filter(({ missing }) => missing),
    failed: failures(results),
  };
}

interface Wanted {
  must?: Limit;
  aim?: Limit;
}

/** Our time as a part of the other's; nothing when one of them could not run. */
export function timeOf(results: Results, us: Worker, other: Worker, wanted: Wanted): Bound[] {
  const [mine, theirs] = [times(results, us), times(results, other)];
  if (mine.length === 0 || theirs.length === 0) return [];
  return [bound(`${us.name}: time / ${other.name}`, ratios(mine, theirs), wanted)];
}

/** How many times faster than the other we are. */
export function fasterThan(results: Results, us: Worker, other: Worker, wanted: Wanted): Bound[] {
  const [mine, theirs] = [times(results, us), times(results, other)];
  if (mine.length === 0 || theirs.length === 0) return [];
  return [bound(`${us.name}: times faster than ${other.name}`, ratios(theirs, mine), wanted)];
}

/** What a report says about clients that could not do the job. */
export function failures({ failed }: Results): string[] {
  return [...failed].map(([worker, message]) => `${worker.name}: ${message}`);
}
