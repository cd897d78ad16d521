import type { KernelStatus } from 'kaggle-ts/kernels';
import { watch } from 'kaggle-ts/kernels';
import { client } from '../../data/client.ts';
import { createLogStore, type LogStore } from '../../log/store.ts';
import type { RunTarget } from './target.ts';

export interface FollowReports {
  /** A status that may be new. */
  onStatus(found: KernelStatus): void;
  /** The log to show from now on. */
  onStore(store: LogStore): void;
  onWarning(message: string): void;
  /** The run and its log have ended. */
  onEnd(): void;
}

/** A person waits for this one run, which needs few requests: faster than the list of runs, whose requests share the same queue. */
const requestsPerMinute = 120;

/** Milliseconds without a pause for the browser. */
const slice = 10;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/**
 * Follows a run to its end: its status and its log, live or stored. `shown` is the log of an earlier attempt; the
 * new one replaces it when it has caught up.
 *
 * @throws What ends the watch: the run does not exist, is private or was deleted, or the credential is refused.
 */
export async function followRun(
  { jobId, name }: RunTarget,
  shown: LogStore | undefined,
  signal: AbortSignal,
  { onStatus, onStore, onWarning, onEnd }: FollowReports,
): Promise<void> {
  signal.throwIfAborted();
  const store = createLogStore();
  const before = shown?.lines.length ?? 0;
  let isShown = false;
  const show = () => {
    if (!isShown) onStore(store);
    isShown = true;
  };
  if (before === 0) show();

  // Only jobs need the code of jobs.
  const run = jobId === undefined ? name : (await import('./open-job.ts')).openJob(jobId);
  let sliceEnd = performance.now() + slice;
  for await (const event of watch(client, [run], { logs: 'live', requestsPerMinute, signal, onWarning })) {
    if (event.type === 'log') {
      store.append([event.entry]);
      if (store.lines.length >= before) show();
    } else if (event.type === 'failed') throw event.error;
    else {
      if (event.type === 'ended') {
        store.end();
        show();
        onEnd();
      }
      onStatus(event);
    }
    if (performance.now() >= sliceEnd) {
      await pause();
      sliceEnd = performance.now() + slice;
    }
  }
}
