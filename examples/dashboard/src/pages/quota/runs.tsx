import { useEffect, useState } from 'preact/hooks';
import { runAddress } from '../../app/route.ts';
import { Empty } from '../../ui/empty.tsx';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Status } from '../../ui/status.tsx';
import { duration, Time } from '../../ui/time.tsx';
import type { AcceleratedRun } from './accelerated-runs.ts';

const twoWeeks = 14 * 86_400_000;

/** Longest first; those whose time is unknown last. */
const byTime = (a: AcceleratedRun, b: AcceleratedRun) => (b.seconds ?? -1) - (a.seconds ?? -1);

/** The runs that used an accelerator, by the time that they took. */
export function Runs() {
  const [runs, setRuns] = useState<readonly AcceleratedRun[]>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
  useEffect(() => {
    const stopped = new AbortController();
    const { signal } = stopped;
    setError(undefined);
    const replace = (run: AcceleratedRun) =>
      setRuns((all) => all?.map((each) => (each.key === run.key ? run : each)).sort(byTime));
    async function load(): Promise<void> {
      const { listAccelerated, measureRuns } = await import('./accelerated-runs.ts');
      const found = await listAccelerated(Date.now() - twoWeeks, signal);
      setRuns(found);
      await measureRuns(found, replace, signal);
    }
    load().catch((failure: unknown) => signal.aborted || setError(failure));
    return () => stopped.abort();
  }, [attempt]);

  if (error && !runs) return <Problem error={error} onRetry={() => setAttempt(attempt + 1)} />;
  if (!runs) return <Skeleton lines={4} />;
  if (runs.length === 0)
    return <Empty title="No run used an accelerator in the last two weeks" heading="h3" icon="chip" />;
  const most = Math.max(1, ...runs.map(({ seconds = 0 }) => seconds));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, also with the keyboard
    <section class="quota-scroll card" aria-label="Table of runs" tabIndex={0}>
      <table class="quota-runs small">
        <caption class="hidden">Runs with an accelerator in the last two weeks, longest first</caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Machine</th>
            <th scope="col">Started</th>
            <th scope="col">Status</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.key}>
              <th scope="row">
                <a href={runAddress(run)}>{run.title}</a>
              </th>
              <td>{run.label}</td>
              <td>
                <Time date={run.startedAt} />
              </td>
              <td>{run.isLoaded && run.status === undefined ? 'Not known' : <Status status={run.status} />}</td>
              <td class="numbers">
                {run.seconds !== undefined ? (
                  <>
                    <span class="quota-meter" aria-hidden="true">
                      <span style={{ width: `${(100 * run.seconds) / most}%` }} />
                    </span>{' '}
                    {duration(run.seconds)}
                  </>
                ) : (
                  <span class="muted">{run.isLoaded ? 'not known' : 'loading'}</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
