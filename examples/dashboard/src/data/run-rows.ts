import { type ApiKernelMetadata, isTerminal } from 'kaggle-ts/kernels';
import { type Accelerator, acceleratorOf } from './accelerator.ts';
import type { StartedJob } from './started.ts';

/** One line of the list of runs. */
export interface RunRow {
  /** `owner/slug/version`, or `owner/slug` if Kaggle did not return the version. */
  key: string;
  /** `owner/slug`. */
  ref: string;
  versionNumber: number | undefined;
  title: string;
  /** When the run started; for one that ended, as Kaggle recorded it. */
  startedAt: Date | undefined;
  /** `undefined` for a job that Kaggle does not list yet. */
  accelerator: Accelerator | undefined;
  kind: 'Script' | 'Notebook' | undefined;
  isPrivate: boolean;
  /** Id of the job, if it was started in this browser and Kaggle does not list it as the newest version. */
  job?: string | undefined;
}

/** What is known about a run by watching it. */
export interface RunState {
  /** As Kaggle names it, or `UNAVAILABLE`. */
  status: string;
  /** Why the run failed, or why the status is unavailable. */
  failureMessage?: string | undefined;
}

export function runKey(ref: string, versionNumber: number | undefined): string {
  return versionNumber ? `${ref}/${versionNumber}` : ref;
}

function ofKernel(kernel: ApiKernelMetadata): RunRow {
  const versionNumber = Number(kernel.currentVersionNumber ?? 0) || undefined;
  return {
    key: runKey(kernel.ref, versionNumber),
    ref: kernel.ref,
    versionNumber,
    title: kernel.title,
    startedAt: kernel.lastRunTime,
    accelerator: acceleratorOf(kernel),
    kind: kernel.kernelType === 'notebook' ? 'Notebook' : 'Script',
    isPrivate: kernel.isPrivate ?? false,
  };
}

function ofJob({ id, ref, versionNumber, title, startedAt }: StartedJob, kernel: RunRow | undefined): RunRow {
  return {
    key: runKey(ref, versionNumber),
    ref,
    versionNumber,
    title: kernel?.title ?? title,
    startedAt: new Date(startedAt),
    accelerator: kernel?.accelerator,
    kind: kernel?.kind,
    isPrivate: kernel?.isPrivate ?? true,
    job: id,
  };
}

/**
 * The rows for the kernels of the account, each with its newest version, and the jobs that were started in this browser, which may be
 * newer than the list, or older versions.
 */
export function rowsOf(kernels: readonly ApiKernelMetadata[], started: readonly StartedJob[]): RunRow[] {
  const listed = kernels.map(ofKernel);
  const byRef = new Map(listed.map((row) => [row.ref, row]));
  const keys = new Set(listed.map(({ key }) => key));
  const own = started.filter(({ ref, versionNumber }) => !keys.has(runKey(ref, versionNumber)));
  return [...own.map((job) => ofJob(job, byRef.get(job.ref))), ...listed];
}

/** Groups of statuses, for the filter. */
export type StatusGroup = 'active' | 'complete' | 'failed' | 'canceled';

/** The group of a status; `undefined` if the status is not known. */
export function groupOf(status: string | undefined): StatusGroup | undefined {
  if (status === undefined) return undefined;
  if (status === 'ERROR') return 'failed';
  if (status === 'CANCEL_ACKNOWLEDGED') return 'canceled';
  return isTerminal(status) ? 'complete' : 'active';
}

export type SortOrder = 'newest' | 'oldest' | 'title' | 'status';

/** What the list shows of its rows. */
export interface RowFilter {
  search: string;
  group: StatusGroup | undefined;
  sort: SortOrder;
}

const statusOrder = ['active', 'failed', 'canceled', 'complete', undefined] as const;
const age = ({ startedAt }: RunRow) => startedAt?.getTime() ?? 0;

/** The rows that match a filter, in its order. */
export function filterRows(
  rows: readonly RunRow[],
  statusOf: (row: RunRow) => string | undefined,
  { search, group, sort }: RowFilter,
): RunRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (row: RunRow) => statusOrder.indexOf(groupOf(statusOf(row)));
  const compare: Record<SortOrder, (a: RunRow, b: RunRow) => number> = {
    newest: (a, b) => age(b) - age(a),
    oldest: (a, b) => age(a) - age(b),
    title: (a, b) => a.title.localeCompare(b.title) || age(b) - age(a),
    status: (a, b) => rank(a) - rank(b) || age(b) - age(a),
  };
  return rows
    .filter((row) => {
      const text = `${row.title} ${row.ref} ${row.accelerator?.label ?? ''}`.toLowerCase();
      return words.every((word) => text.includes(word)) && (!group || groupOf(statusOf(row)) === group);
    })
    .sort(compare[sort]);
}
