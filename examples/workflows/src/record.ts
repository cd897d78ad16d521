import type { JobState } from 'kaggle-ts/jobs';
import type { Env } from './bindings.ts';

/** What is stored for a job, in one object of the bucket. */
export interface JobRecord {
  readonly id: string;
  readonly state: JobState;
  /** Number of the Workflow instance that drives the job; the next one starts when an instance reaches its limits. */
  readonly part: number;
  /** Set by a caller; the next step cancels the run. */
  readonly canceled?: boolean;
  readonly webhook?: { readonly attempts: number; readonly delivered: boolean; readonly problem?: string };
  /** Why the last attempt of a step threw. */
  readonly failure?: string | undefined;
  /** ISO time of the last step. */
  readonly updated: string;
}

/** A record, and the version that it was read from. */
export interface Stored {
  readonly record: JobRecord;
  readonly etag: string;
}

const keyOf = (id: string) => `jobs/${id}.json`;

export async function readRecord(env: Env, id: string): Promise<Stored | undefined> {
  const object = await env.BUCKET.get(keyOf(id));
  return object ? { record: JSON.parse(await object.text()), etag: object.etag } : undefined;
}

/** Creates a record. Resolves to `false` if there is one with this ID. */
export async function createRecord(env: Env, record: JobRecord): Promise<boolean> {
  const onlyIf = new Headers({ 'if-none-match': '*' });
  return (await env.BUCKET.put(keyOf(record.id), JSON.stringify(record), { onlyIf })) !== null;
}

/** Replaces a record. Resolves to `undefined` if it was changed since it was read. */
export async function replaceRecord(
  env: Env,
  stored: Stored,
  changes: Partial<JobRecord>,
): Promise<Stored | undefined> {
  const record = { ...stored.record, ...changes, updated: new Date().toISOString() };
  const onlyIf = { etagMatches: stored.etag };
  const object = await env.BUCKET.put(keyOf(record.id), JSON.stringify(record), { onlyIf });
  return object ? { record, etag: object.etag } : undefined;
}

/** Changes a record, also while a step replaces it. Resolves to `false` if there is none. */
export async function changeRecord(env: Env, id: string, changes: Partial<JobRecord>): Promise<boolean> {
  for (;;) {
    const stored = await readRecord(env, id);
    if (!stored) return false;
    if (await replaceRecord(env, stored, changes)) return true;
  }
}

export const hasEnded = ({ state }: JobRecord): boolean => state.step === 'done' || state.step === 'failed';

/** Whether nothing remains to be done: the job has ended, and its webhook, if any, was delivered. */
export const isSettled = (env: Env, record: JobRecord): boolean =>
  hasEnded(record) && (!env.WEBHOOK_URL || record.webhook?.delivered === true);

/** What callers and the webhook learn about a job. */
export function summary({ id, state, canceled, failure, updated }: JobRecord) {
  const { step, status, dataset, run, outputs, problem, error } = state;
  const files = outputs?.filter(({ done }) => done).map(({ name, size }) => ({ key: `out/${id}/${name}`, size }));
  return { id, step, status, dataset, run, files, problem, error, failure, canceled, updated };
}
