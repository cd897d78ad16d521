import type { ApiGetKernelResponse } from 'kaggle-ts/kernels';
import { isTerminal } from 'kaggle-ts/kernels';
import { useState } from 'preact/hooks';
import { lazy } from '../../app/lazy.tsx';
import { navigate } from '../../app/route.ts';
import { acceleratorOf } from '../../data/accelerator.ts';
import { started } from '../../data/started.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Status } from '../../ui/status.tsx';
import { duration, Time } from '../../ui/time.tsx';
import type { RunTarget } from './target.ts';

const CancelDialog = lazy(() => import('./cancel-dialog.tsx'), { pending: null });

export interface RunHeaderProps {
  target: RunTarget;
  title: string;
  status: string | undefined;
  kernel: ApiGetKernelResponse | undefined;
  /** Seconds of the log so far. */
  seconds: number | undefined;
  /** The run is no longer followed. */
  isLost: boolean;
  /** Nothing is known of the run: it may not exist. */
  isUnknown: boolean;
}

/** Versions to choose from, besides the one that is shown: the newest. */
const mostVersions = 500;

/** The versions to choose from, newest first. The address may name one that does not exist, or is not listed yet. */
function versionsFor(shown: number, latest: number): number[] {
  const newest = Array.from({ length: Math.min(latest, mostVersions) }, (_, at) => latest - at);
  return newest.includes(shown) ? newest : [...newest, shown].sort((a, b) => b - a);
}

/** Title, status, facts, and what can be done with the run. */
export function RunHeader({ target, title, status, kernel, seconds, isLost, isUnknown }: RunHeaderProps) {
  const [isCanceling, setCanceling] = useState(false);
  const { ref, versionNumber, name } = target;
  const { metadata } = kernel ?? {};
  const versions = versionsFor(versionNumber, Number(metadata?.currentVersionNumber ?? 0));
  const [latest] = versions;
  const own = started.value.find((job) => job.ref === ref && job.versionNumber === versionNumber)?.startedAt;
  const isLatest = latest === versionNumber;
  const startedAt = own
    ? new Date(own)
    : isLatest && metadata?.lastRunTime
      ? new Date(metadata.lastRunTime)
      : undefined;
  const canCancel = status !== undefined && !isLost && !isTerminal(status) && status !== 'CANCEL_REQUESTED';
  if (isUnknown) {
    return (
      <header class="run-header">
        <h1>{title}</h1>
      </header>
    );
  }
  return (
    <header class="run-header">
      <div class="run-title">
        <h1>{title}</h1>
        {isLost && status === undefined ? null : <Status status={status} />}
      </div>
      <div class="run-facts">
        <span class="mono">{ref}</span>
        <label class="run-version">
          <span class="hidden">Version</span>
          <select value={versionNumber} onChange={(event) => navigate(`#/run/${ref}/${event.currentTarget.value}`)}>
            {versions.map((version) => (
              <option key={version} value={version}>
                {version === latest && version > 1 ? `Version ${version} (latest)` : `Version ${version}`}
              </option>
            ))}
          </select>
        </label>
        {metadata && (
          <span class="run-fact">
            <Icon name="chip" />
            {acceleratorOf(metadata).label}
          </span>
        )}
        {startedAt && (
          <span class="run-fact">
            <Icon name="clock" />
            <Time date={startedAt} />
          </span>
        )}
        {seconds !== undefined && seconds >= 1 && <span class="run-fact numbers">ran for {duration(seconds)}</span>}
      </div>
      <div class="run-actions">
        {canCancel && (
          <Button kind="danger" icon="stop" onClick={() => setCanceling(true)}>
            Cancel
          </Button>
        )}
        <a class="button button-plain" href={`#/new?from=${name}`}>
          <Icon name="rerun" />
          Rerun
        </a>
        <a class="button button-plain" href={`https://www.kaggle.com/code/${ref}`} target="_blank" rel="noreferrer">
          <Icon name="open" />
          Open on Kaggle
        </a>
      </div>
      {isCanceling && canCancel && <CancelDialog run={name} title={title} onClose={() => setCanceling(false)} />}
    </header>
  );
}
