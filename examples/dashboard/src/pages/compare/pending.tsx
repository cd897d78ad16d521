import { runAddress } from '../../app/route.ts';
import { Status } from '../../ui/status.tsx';
import type { RunRow } from './table.ts';

/** Why a run has no metrics. */
function reasonOf({ status, problem, failureMessage }: RunRow): string {
  if (problem !== undefined) return failureMessage ? `${failureMessage} (${problem})` : problem;
  switch (status) {
    case undefined:
      return 'waiting for its status';
    case 'COMPLETE':
    case 'ERROR':
    case 'CANCEL_ACKNOWLEDGED':
    case 'ENDED':
      return 'reading its output';
    case 'QUEUED':
    case 'NOT_STARTED':
    case 'NEW_SCRIPT':
      return 'has not started; its metrics appear when it has ended';
    default:
      return 'still running; its metrics appear when it has ended';
  }
}

/** The runs without metrics, with the reasons. */
export function Pending({ rows, names }: { rows: readonly RunRow[]; names: ReadonlyMap<string, string> }) {
  if (rows.length === 0) return null;
  return (
    <section class="compare-pending" aria-labelledby="compare-pending">
      <h2 id="compare-pending">Without metrics ({rows.length})</h2>
      <ul class="card">
        {rows.map((row) => (
          <li key={row.key}>
            <span class="muted numbers">#{row.number}</span>
            <a href={runAddress(row)}>{names.get(row.key)}</a>
            <Status status={row.status} />
            <span class="muted">{reasonOf(row)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
