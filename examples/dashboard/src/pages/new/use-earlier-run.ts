import { useEffect, useState } from 'preact/hooks';
import { navigate } from '../../app/route.ts';
import { announce } from '../../ui/announce.tsx';
import type { Submission } from './submission.ts';

/** Loads an earlier run into the form. */
export function useEarlierRun(from: string | null, form: Submission) {
  const [loading, setLoading] = useState(from !== null);
  const [error, setError] = useState<unknown>();
  const [lost, setLost] = useState<readonly string[]>([]);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
  useEffect(() => {
    if (from === null || form.phase.peek().name !== 'editing') return setLoading(false);
    const abort = new AbortController();
    setLoading(true);
    setError(undefined);
    import('./load-run.ts')
      .then(({ loadRun }) => loadRun(from, abort.signal))
      .then((loaded) => {
        setLost(loaded.lost);
        form.replace(loaded.draft);
        announce(`${from} is loaded`);
        // A reload keeps what is changed from here.
        navigate('#/new', { replace: true });
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) setError(error);
      })
      .finally(() => setLoading(false));
    return () => abort.abort();
  }, [from, attempt]);
  return { loading, error, lost, retry: () => setAttempt(attempt + 1) };
}
