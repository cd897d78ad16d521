import type { KaggleClient } from '../../../core/rpc/client.ts';
import { createJob, type Job } from '../job/job.ts';
import type { SweepInputs } from './inputs.ts';
import { keyOf } from './keys.ts';
import { hasSucceeded, type SweepProgress } from './progress.ts';
import type { SweepIdentity } from './state.ts';
import type { MapResult, SweepCounts } from './types.ts';

/** The run of an input; `undefined` without one. */
export function jobOf(
  client: KaggleClient,
  { key }: SweepIdentity,
  sweep: SweepProgress,
  index: number,
): Job | undefined {
  const { version, pushed, attempt } = sweep.entries[index]!;
  if (version === 0) return undefined;
  const name = keyOf(key, index, attempt);
  return createJob(client, {
    ref: sweep.ref,
    versionNumber: version,
    kernelId: sweep.kernelId,
    pushedAt: pushed,
    key: name,
  });
}

/** The result of an input that has ended. */
export function resultOf<Input>(
  client: KaggleClient,
  identity: SweepIdentity,
  { inputs }: SweepInputs<Input>,
  sweep: SweepProgress,
  index: number,
): MapResult<Input> {
  const { status, failureMessage } = sweep.entries[index]!;
  return { index, input: inputs[index]!, job: jobOf(client, identity, sweep, index), status, failureMessage };
}

/** Indices of the inputs that have ended in `after`, but not in `before`. */
export function endedSince(before: SweepProgress | undefined, after: SweepProgress): number[] {
  const isNew = (index: number) => before?.entries[index]?.phase !== 'ended';
  return after.entries.flatMap(({ phase }, index) => (phase === 'ended' && isNew(index) ? [index] : []));
}

export function countsOf({ entries }: SweepProgress): SweepCounts {
  const count = (phase: string) => entries.filter((entry) => entry.phase === phase).length;
  const succeeded = entries.filter((entry) => entry.phase === 'ended' && hasSucceeded(entry)).length;
  return {
    total: entries.length,
    todo: count('todo'),
    running: count('running'),
    succeeded,
    failed: count('ended') - succeeded,
  };
}
