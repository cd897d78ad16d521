import { ValidationError } from '../../core/errors.ts';
import { sha256Text } from '../../core/hash/digest.ts';
import { isRecord, shown } from '../../core/options/field.ts';
import type { JobState, JobStep } from './types.ts';

/** Version of the format of states. */
export const format = 1;

const steps: readonly JobStep[] = [
  'prepare',
  'upload',
  'version',
  'ready',
  'push',
  'running',
  'fetch',
  'done',
  'failed',
];

/** JSON with sorted keys: some stores change their order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isRecord(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member,
  );
}

/** Identifies the content of a state, without the checksum itself. */
async function checksumOf({ check: _, ...rest }: JobState): Promise<string> {
  return (await sha256Text(canonical(rest))).slice(0, 16);
}

/** Adds the checksum, after all other changes. */
export async function withChecksum(state: JobState): Promise<JobState> {
  // What was stored is compared, so members that are `undefined` do not count.
  const stored = JSON.parse(JSON.stringify(state)) as JobState;
  return { ...stored, check: await checksumOf(stored) };
}

function damaged(why: string): ValidationError {
  return new ValidationError(`cannot continue the job: its state is damaged: ${why}; restore the last stored state`, [
    { path: 'state', message: why },
  ]);
}

/** Throws `ValidationError` unless the value is a state of this version that was not changed since it was returned. */
export async function checkState(value: unknown): Promise<void> {
  if (!isRecord(value)) {
    throw new ValidationError(`expected the state of a job from beginJob or advanceJob, got ${shown(value)}`, [
      { path: 'state', message: 'expected the state of a job' },
    ]);
  }
  const state = value as unknown as JobState;
  if (Number.isSafeInteger(state.format) && state.format !== format) {
    throw new ValidationError(
      `cannot continue the job: its state has format ${state.format}, and this version of kaggle-ts has format ${format}; ` +
        'continue it with the version that began it',
      [{ path: 'state.format', message: `expected ${format}, got ${state.format}` }],
    );
  }
  if (state.format !== format || typeof state.id !== 'string' || !isRecord(state.plan)) {
    throw damaged('members are missing');
  }
  if (!steps.includes(state.step)) throw damaged(`${shown(state.step)} is not a step`);
  if (state.check === undefined) {
    if (state.step === 'prepare' && state.memo === undefined) return;
    throw damaged('its checksum is missing');
  }
  if (state.check !== (await checksumOf(state))) throw damaged('its checksum does not match its content');
}
