import type { KernelStatus } from 'kaggle-ts/kernels';
import { status, watch } from 'kaggle-ts/kernels';
import { client } from '../../data/client.ts';
import { createLogStore, type LogStore } from '../../log/store.ts';
import type { RunTarget } from './target.ts';

export interface FollowReports {
  /** A status that may be new. */
  onStatus(found: KernelStatus): void;
  /** The log to show from now on: the same one, or one that has caught up with it. */
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
 * Follows a run to its end: its status and its log, live or stored. `shown` is the log that is on the screen; if there is something in
 * it, this is another attempt, whose log replaces it when it has caught up.
 *
 * @throws What ends the watch: the run does not exist, is private or was deleted, or the credential is refused.
 */
export async function followRun(
  { run, name }: RunTarget,
  shown: LogStore,
  signal: AbortSignal,
  { onStatus, onStore, onWarning, onEnd }: FollowReports,
): Promise<void> {
  const store = shown.lines.length === 0 ? shown : createLogStore();
  let isShown = store === shown;
  const show = () => {
    if (!isShown) onStore(store);
    isShown = true;
  };

  let isKnown = false;
  // The watch reports the status of a run that has ended after its log, and waits for its turn.
  status(client, name, { signal }).then(
    (found) => {
      if (!isKnown) onStatus(found);
    },
    // The watch says what is wrong, if it is not over by then.
    () => undefined,
  );

  let sliceEnd = performance.now() + slice;
  for await (const event of watch(client, [run], { logs: 'live', requestsPerMinute, signal, onWarning })) {
    if (event.type === 'log') {
      store.append([event.entry]);
      if (store.lines.length >= shown.lines.length) show();
    } else if (event.type === 'failed') throw event.error;
    else {
      isKnown = true;
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
