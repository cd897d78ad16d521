import { useEffect, useState } from 'preact/hooks';
import { loadQuota, loadSamples, type Quota } from '../../data/quota.ts';
import { daysOfUse, type QuotaSample } from '../../data/quota-history.ts';
import { Problem } from '../../ui/problem.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { QuotaCard } from './quota-card.tsx';
import { Refill } from './refill.tsx';
import { Runs } from './runs.tsx';
import './quota.css';

/** Seconds between two requests for the quota while the page is visible. */
const interval = 60;
/** Kaggle refills on Saturdays at midnight (UTC). */
const saturday = Date.UTC(1970, 0, 3);

interface Seen {
  quota: Quota;
  samples: QuotaSample[];
}

export default function Page() {
  const [seen, setSeen] = useState<Seen>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt loads again
  useEffect(() => {
    const stopped = new AbortController();
    async function load(): Promise<void> {
      try {
        const quota = await loadQuota(stopped.signal);
        const samples = await loadSamples();
        if (stopped.signal.aborted) return;
        setSeen({ quota, samples });
        setError(undefined);
      } catch (failure) {
        if (!stopped.signal.aborted) setError(failure);
      }
    }
    const loadIfVisible = () => {
      if (!document.hidden) void load();
    };
    void load();
    const timer = setInterval(loadIfVisible, interval * 1000);
    document.addEventListener('visibilitychange', loadIfVisible);
    return () => {
      stopped.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', loadIfVisible);
    };
  }, [attempt]);

  const retry = () => setAttempt(attempt + 1);
  const refill = seen?.quota.refill;
  const daysOf = (kind: 'GPU' | 'TPU') =>
    daysOfUse(seen?.samples ?? [], kind, refill?.getTime() ?? saturday, Date.now());
  return (
    <div class="quota">
      <div class="page-head">
        <h1>Quota</h1>
        {refill && <Refill at={refill} onReached={retry} />}
      </div>
      {error ? <Problem error={error} onRetry={retry} /> : null}
      {!seen && !error && <Skeleton />}
      {seen && (
        <>
          <div class="quota-cards">
            <QuotaCard kind="GPU" quota={seen.quota.GPU} days={daysOf('GPU')} />
            <QuotaCard kind="TPU" quota={seen.quota.TPU} days={daysOf('TPU')} />
          </div>
          <section class="quota-section" aria-labelledby="quota-runs">
            <h2 id="quota-runs">Runs with an accelerator</h2>
            <Runs />
          </section>
          <section class="quota-section muted small" aria-labelledby="quota-sources">
            <h2 id="quota-sources">Where the numbers are from</h2>
            <ul>
              <li>Used, held and free time, and the time of the refill: from Kaggle, once a minute.</li>
              <li>
                Use by day: Kaggle has no history. This browser records the quota each time it is seen. Solid columns
                are measured within a day (UTC). Hatched ones are estimated: what was used between two visits on
                different days is spread evenly. "?" is not known.
              </li>
              <li>
                Time of a run: estimated by the last line of its log, or since its start while it runs. Starting and
                saving the output use quota, too. Only the newest run of each kernel in the last two weeks is listed,
                and at most 20.
              </li>
            </ul>
          </section>
        </>
      )}
    </div>
  );
}
