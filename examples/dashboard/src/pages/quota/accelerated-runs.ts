import { isTerminal, list, logs, status } from 'kaggle-ts/kernels';
import { acceleratorOf } from '../../data/accelerator.ts';
import { client } from '../../data/client.ts';
import type { QuotaKind } from '../../data/quota.ts';
import { remembered } from '../../data/remembered.ts';

/** The newest run of a kernel that used an accelerator. */
export interface AcceleratedRun {
  /** `owner/slug/version`. */
  key: string;
  ref: string;
  versionNumber: number | undefined;
  title: string;
  startedAt: Date | undefined;
  label: string;
  kind: QuotaKind;
  status: string | undefined;
  /** Seconds that it took; `undefined` if they are unknown. */
  seconds: number | undefined;
  isLoaded: boolean;
}

/** Kernels of which the newest are looked at, and runs whose log is read. */
const mostKernels = 100;
const mostRuns = 20;

const store = remembered('durations');

interface Known {
  status: string;
  seconds: number | undefined;
}

/** The newest runs of the account that used an accelerator since `since`. */
export async function listAccelerated(since: number, signal: AbortSignal): Promise<AcceleratedRun[]> {
  const kernels = await list(client, { group: 'PROFILE', sortBy: 'DATE_RUN' }, { limit: mostKernels, signal }).all();
  return kernels
    .flatMap((kernel): AcceleratedRun[] => {
      const { quota, label } = acceleratorOf(kernel);
      const versionNumber = Number(kernel.currentVersionNumber ?? 0) || undefined;
      const { ref, title, lastRunTime } = kernel;
      if (quota === undefined || (lastRunTime?.getTime() ?? 0) < since) return [];
      const key = versionNumber ? `${ref}/${versionNumber}` : ref;
      const unknown = { status: undefined, seconds: undefined, isLoaded: false };
      return [{ key, ref, versionNumber, title, startedAt: lastRunTime, label, kind: quota, ...unknown }];
    })
    .slice(0, mostRuns);
}

/** The time of the last line of the log: Kaggle does not return how long a run took. */
async function lastLine(key: string, signal: AbortSignal): Promise<number | undefined> {
  let last: number | undefined;
  for await (const { time } of logs(client, key, { signal })) last = time;
  return last;
}

async function measure({ key, startedAt }: AcceleratedRun, signal: AbortSignal): Promise<Known> {
  const found = await status(client, key, { signal });
  if (isTerminal(found.status)) return { status: found.status, seconds: await lastLine(key, signal) };
  const isRunning = found.status === 'RUNNING' && startedAt !== undefined;
  return { status: found.status, seconds: isRunning ? (Date.now() - startedAt.getTime()) / 1000 : undefined };
}

/** Status and time of each run, one after another, as `onRun` is called. What is known of runs that ended is not asked for again. */
export async function measureRuns(
  runs: readonly AcceleratedRun[],
  onRun: (run: AcceleratedRun) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const run of runs) {
    signal.throwIfAborted();
    const saved = (await store.get(run.key).catch(() => undefined)) as Known | undefined;
    try {
      const known = saved ?? (await measure(run, signal));
      if (!saved && run.versionNumber && isTerminal(known.status))
        await store.set(run.key, known).catch(() => undefined);
      onRun({ ...run, ...known, isLoaded: true });
    } catch {
      signal.throwIfAborted();
      onRun({ ...run, isLoaded: true });
    }
  }
}
