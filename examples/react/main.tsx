/** @jsxImportSource react */
import { createClient } from 'kaggle-ts';
import { type UseRunOptions, useRun, useRuns } from 'kaggle-ts/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';

// One client for the whole page: its components share requests.
const client = createClient({ endpoint: '/kaggle', credential: 'proxy' });
const withLog: UseRunOptions = { logs: 'live' };

function Run({ run }: { run: string }) {
  const { status, failureMessage, error, entries } = useRun(client, run, withLog);
  return (
    <section aria-label={run}>
      <h2>
        {run}: <output>{error ? 'unknown' : (status ?? 'loading')}</output>
      </h2>
      {error || failureMessage ? <p role="alert">{failureMessage ?? String(error)}</p> : null}
      <pre>{entries.map(({ data }) => data).join('')}</pre>
    </section>
  );
}

function App() {
  const [runs, setRuns] = useState(() => new URLSearchParams(location.search).getAll('run'));
  const { runs: states } = useRuns(client, runs);

  function add(form: FormData) {
    const run = String(form.get('run')).trim();
    if (run && !runs.includes(run)) setRuns([...runs, run]);
  }

  return (
    <main>
      <h1>Kaggle runs</h1>
      <p>
        {states.filter(({ ended }) => ended).length} of {runs.length} have ended
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add(new FormData(event.currentTarget));
          event.currentTarget.reset();
        }}
      >
        <label>
          Run: <input name="run" placeholder="owner/slug/version" required />
        </label>{' '}
        <button type="submit">Watch</button>
      </form>
      {runs.map((run) => (
        <Run key={run} run={run} />
      ))}
    </main>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
