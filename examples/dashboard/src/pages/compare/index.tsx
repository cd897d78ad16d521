import { useEffect, useState } from 'preact/hooks';
import type { PageProps } from '../../app/route.ts';
import { isHidden } from '../../data/network.ts';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Chooser } from './chooser.tsx';
import { Compare } from './compare.tsx';
import { readSelection, type Selection, versionsOf } from './selection.ts';
import './compare.css';

/** Versions of a sweep that are compared: the newest. */
const mostVersions = 500;

/** Seconds between two requests for the newest version. */
const interval = 60;

/** The versions of a kernel. */
function Sweep({ sweep, selection, query }: { sweep: string; selection: Selection; query: URLSearchParams }) {
  const [newest, setNewest] = useState<number>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  const hidden = isHidden.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt asks again
  useEffect(() => {
    if (hidden) return;
    const stopped = new AbortController();
    const { signal } = stopped;
    async function ask(): Promise<void> {
      try {
        const { newestVersion } = await import('./requests.ts');
        const found = await newestVersion(sweep, signal);
        setNewest(found);
        setError(undefined);
      } catch (failure) {
        if (!signal.aborted) setError(failure);
      }
    }
    void ask();
    // A sweep that is in progress gets more versions.
    const timer = setInterval(ask, interval * 1000);
    return () => {
      stopped.abort();
      clearInterval(timer);
    };
  }, [sweep, attempt, hidden]);
  if (error && newest === undefined) return <Problem error={error} onRetry={() => setAttempt(attempt + 1)} />;
  if (newest === undefined) return <Skeleton />;
  const runs = versionsOf(sweep, newest, selection, mostVersions);
  return (
    <>
      {newest > mostVersions && <p class="muted small">Only the newest {mostVersions} versions are compared.</p>}
      {runs.length === 0 ? (
        <p class="muted">
          No version of {sweep} is in the address. Its versions are 1 to {newest}.
        </p>
      ) : (
        <Compare runs={runs} query={query} />
      )}
    </>
  );
}

export default function Page({ query }: PageProps) {
  const selection = readSelection(query);
  const { runs, sweep, invalid } = selection;
  return (
    <div class="compare">
      <div class="page-head">
        <h1>Compare{sweep ? ` ${sweep}` : ''}</h1>
      </div>
      {invalid.length > 0 && (
        <p class="compare-invalid" role="alert">
          Not runs: {invalid.slice(0, 5).join(', ')}
          {invalid.length > 5 && ` and ${invalid.length - 5} more`}. Expected owner/kernel or owner/kernel/version.
        </p>
      )}
      {sweep !== undefined ? (
        <Sweep key={sweep} sweep={sweep} selection={selection} query={query} />
      ) : runs.length > 0 ? (
        <Compare runs={runs} query={query} />
      ) : (
        <Chooser />
      )}
    </div>
  );
}
