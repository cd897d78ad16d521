import type { KaggleClient } from '../../../core/rpc/client.ts';
import type { SweepAction } from './decide.ts';
import type { SweepProgress } from './progress.ts';
import { countsOf, jobOf } from './report.ts';
import type { SweepIdentity } from './state.ts';
import type { MapEvent } from './types.ts';

/** Events of one input, from the sweep before and after a step. */
function inputEvents(
  client: KaggleClient,
  identity: SweepIdentity,
  before: SweepProgress,
  after: SweepProgress,
  index: number,
): MapEvent[] {
  const [old, now] = [before.entries[index]!, after.entries[index]!];
  if (old === now) return [];
  const { status, failureMessage } = now;
  const job = jobOf(client, identity, after, index);
  const counts = countsOf(after);
  const events: MapEvent[] = [];
  if (job && old.version !== now.version) events.push({ type: 'started', index, job, counts });
  if (job && status !== old.status && status !== '') events.push({ type: 'status', index, job, status, counts });
  if (now.phase === 'ended' && old.phase !== 'ended')
    events.push({ type: 'ended', index, job, status, failureMessage, counts });
  return events;
}

/** What has happened in a step. `last`: the next action as it was before the step. */
export function eventsOf(
  client: KaggleClient,
  identity: SweepIdentity,
  [before, last]: readonly [SweepProgress, SweepAction | undefined],
  [after, next]: readonly [SweepProgress, SweepAction],
): MapEvent[] {
  const events = after.entries.flatMap((_entry, index) => inputEvents(client, identity, before, after, index));
  if (next.type === 'pause' && next.why !== 'runs' && !(last?.type === 'pause' && last.why === next.why)) {
    const times = { slot: after.slots.probeAt, quota: after.quota?.retryAt, retry: after.retryAt };
    events.push({ type: 'waiting', for: next.why, until: new Date(times[next.why]!), counts: countsOf(after) });
  }
  return events;
}
