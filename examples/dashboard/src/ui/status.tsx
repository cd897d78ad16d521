import './status.css';

const words: Readonly<Record<string, readonly [label: string, kind: 'wait' | 'run' | 'ok' | 'bad' | 'warn']>> = {
  NOT_STARTED: ['Not started', 'wait'],
  NEW_SCRIPT: ['Not started', 'wait'],
  QUEUED: ['Queued', 'wait'],
  RUNNING: ['Running', 'run'],
  CANCEL_REQUESTED: ['Canceling', 'warn'],
  CANCEL_ACKNOWLEDGED: ['Canceled', 'warn'],
  COMPLETE: ['Complete', 'ok'],
  ERROR: ['Failed', 'bad'],
  ENDED: ['Ended', 'wait'],
};

/** The word that the app uses for a status: `Running` for `RUNNING`. Newer names of Kaggle remain readable. */
export function statusLabel(status: string | undefined): string {
  if (status === undefined) return 'Unknown';
  return words[status]?.[0] ?? status.charAt(0) + status.slice(1).toLowerCase().replaceAll('_', ' ');
}

/** The status of a run as a chip. `undefined`: not known yet. */
export function Status({ status }: { status: string | undefined }) {
  if (status === undefined) return <span class="status status-unknown">Checking</span>;
  return <span class={`status status-${words[status]?.[1] ?? 'wait'}`}>{statusLabel(status)}</span>;
}
