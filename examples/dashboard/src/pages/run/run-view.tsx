import { useEffect, useRef } from 'preact/hooks';
import { lazy } from '../../app/lazy.tsx';
import { sentence } from '../../data/problem.ts';
import { started } from '../../data/started.ts';
import { announce } from '../../ui/announce.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { statusLabel } from '../../ui/status.tsx';
import { RunHeader } from './run-header.tsx';
import { RunProblem } from './run-problem.tsx';
import { SourceView } from './source-view.tsx';
import type { RunTarget } from './target.ts';
import { useKernel } from './use-kernel.ts';
import { useRun } from './use-run.ts';
import './run.css';

const Outputs = lazy(() => import('../../outputs/index.tsx'));
// Its code is loaded while the first requests are sent.
const LogView = lazy(async () => ({ default: (await import('../../log/log-view.tsx')).LogView }));

export interface RunViewProps {
  target: RunTarget;
  /** Number of the line of the log that the address names. */
  line: number | undefined;
}

/** What a status means while there is nothing else to see. */
const meanings: Readonly<Record<string, string>> = {
  NOT_STARTED:
    'Kaggle has saved this version and has not started it yet. This takes a few seconds; longer if all sessions are in use.',
  NEW_SCRIPT: 'Kaggle has not started this version yet.',
  QUEUED: 'The run waits for a machine. This takes seconds to minutes.',
  CANCEL_REQUESTED: 'The run is being canceled. Kaggle saves the output that it has written so far.',
};

const failures: Readonly<Record<string, string>> = {
  ERROR: 'The run failed',
  CANCEL_ACKNOWLEDGED: 'The run was canceled',
};

/** One run: what it is, how it is going, its log, its output. */
export function RunView({ target, line }: RunViewProps) {
  const { ref, versionNumber, name } = target;
  const { found, ended, store, live, error, warning, restart } = useRun(target);
  const status = found?.status;
  const kernel = useKernel(name, status);
  const own = started.value.find((job) => job.ref === ref)?.title;
  const title = kernel?.metadata?.title || own || ref;
  const isLost = error !== undefined;

  useEffect(() => {
    const state = isLost && !ended ? 'Not available' : status && statusLabel(status);
    document.title = [state, `${title} v${versionNumber}`, 'Kaggle dashboard'].filter(Boolean).join(' · ');
  }, [status, title, versionNumber, isLost, ended]);

  const announced = useRef(status);
  useEffect(() => {
    // Not the first one: it is part of the page that was just read.
    if (announced.current !== undefined && status !== undefined && announced.current !== status) {
      announce(`${title}: ${statusLabel(status)}`);
    }
    announced.current = status ?? announced.current;
  }, [status, title]);

  const failure = status === undefined ? undefined : failures[status];
  const meaning = status === undefined || isLost ? undefined : meanings[status];
  const nothing = isLost && !store?.lines.length && kernel === undefined;
  return (
    <article class="run">
      <RunHeader
        target={target}
        title={title}
        status={status}
        kernel={kernel}
        seconds={ended && !live ? store?.lines.at(-1)?.time : undefined}
        isLost={isLost}
        isUnknown={nothing}
      />
      {isLost && (
        <RunProblem error={error} kernel={ref} version={versionNumber} wasShown={!nothing} onRetry={restart} />
      )}
      {isLost && !nothing && <p class="muted small">The page shows what was received before.</p>}
      {warning !== undefined && !isLost && (
        <p class="run-note run-warning" role="status">
          {sentence(warning)}
        </p>
      )}
      {failure !== undefined && (
        <div class={status === 'ERROR' ? 'run-failure' : 'run-failure run-canceled'}>
          <Icon name={status === 'ERROR' ? 'alert' : 'stop'} />
          <div>
            <strong>{failure}</strong>
            <p>
              {found?.failureMessage ||
                (status === 'ERROR'
                  ? 'Kaggle gave no reason. The end of the log may.'
                  : 'What it had written by then is below.')}
            </p>
          </div>
        </div>
      )}
      {meaning !== undefined && <p class="run-note">{meaning}</p>}
      {!nothing && !store && !isLost && <Skeleton />}
      {!nothing && store && (
        <LogView
          store={store}
          live={live}
          atEnd={live || status === 'ERROR'}
          name={`${ref.replace('/', '-')}-v${versionNumber}`}
          line={line}
          lineHref={(number) => `#/run/${name}?line=${number}`}
        />
      )}
      {ended && <Outputs run={name} />}
      <SourceView kernel={kernel} />
    </article>
  );
}
