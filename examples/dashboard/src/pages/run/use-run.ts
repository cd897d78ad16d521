import { isTerminal, type KernelStatus, status } from 'kaggle-ts/kernels';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { client } from '../../data/client.ts';
import { warningTime } from '../../data/warning.ts';
import type { LogStore } from '../../log/store.ts';
import type { RunTarget } from './target.ts';

export interface LiveRun {
  /** The last status; `undefined` before the first. */
  readonly found: KernelStatus | undefined;
  /** Whether the run has ended: its output is available. */
  readonly ended: boolean;
  /** `undefined` until its code is loaded. */
  readonly store: LogStore | undefined;
  /** Whether the log may grow. */
  readonly live: boolean;
  /** Why the run is no longer followed. What was received remains. */
  readonly error: unknown;
  /** A problem that is retried. */
  readonly warning: string | undefined;
  /** Follows the run again, without losing or repeating lines. */
  restart(): void;
}

/** The status and the log of a run, kept current. */
export function useRun(target: RunTarget): LiveRun {
  const [found, setFound] = useState<KernelStatus>();
  const [store, setStore] = useState<LogStore>();
  const [live, setLive] = useState(true);
  const [error, setError] = useState<unknown>();
  const [warning, setWarning] = useState<string>();
  const [attempt, setAttempt] = useState(0);
  const shown = useRef(store);
  shown.current = store;

  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt follows the run again
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setError(undefined);
    setWarning(undefined);
    let isKnown = false;
    const onStatus = (next: KernelStatus) => {
      isKnown = true;
      setFound(next);
      setWarning(undefined);
    };
    // The first status comes without the code that follows the run. What is wrong is said by that.
    status(client, target.name, { signal }).then(
      (first) => {
        if (!isKnown) onStatus(first);
      },
      () => undefined,
    );
    async function follow(): Promise<void> {
      const { followRun } = await import('./follow-run.ts');
      const reports = { onStatus, onStore: setStore, onWarning: setWarning, onEnd: () => setLive(false) };
      await followRun(target, shown.current, signal, reports);
    }
    follow().catch((reason: unknown) => {
      if (!signal.aborted) setError(reason);
    });
    return () => controller.abort(new DOMException('the page was left', 'AbortError'));
  }, [target, attempt]);

  const restart = useCallback(() => setAttempt((before) => before + 1), []);
  // Lost connections are tried again after some time; a network that is back is a reason to do it now.
  useEffect(() => {
    if (!live) return;
    addEventListener('online', restart);
    return () => removeEventListener('online', restart);
  }, [live, restart]);

  useEffect(() => {
    if (warning === undefined) return;
    const timer = setTimeout(() => setWarning(undefined), warningTime);
    return () => clearTimeout(timer);
  }, [warning]);

  const ended = found !== undefined && isTerminal(found.status);
  return { found, ended, store, live: live && error === undefined, error, warning, restart };
}
