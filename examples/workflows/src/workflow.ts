import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { advance, leastSubrequests } from './advance.ts';
import type { Env } from './bindings.ts';
import { changeRecord, isSettled, type JobRecord, readRecord } from './record.ts';

/** Steps of an instance. Cloudflare allows 1,024 on the free plan; pauses do not count. */
const maxSteps = 1000;

/** A step that throws is repeated for about half a day. Failures of Kaggle do not throw: the job repeats its step itself. */
const retries = { retries: { limit: 15, delay: '1 second', backoff: 'exponential' } } as const;

interface Params {
  readonly id: string;
  /** Number of the instance, from 1. */
  readonly part: number;
}

/**
 * Drives one job: a step, a pause, the next step. The state is in the bucket, so an instance that reaches the limits of its plan is
 * continued by a new one.
 */
export class JobWorkflow extends WorkflowEntrypoint<Env, Params> {
  override async run({ payload: { id, part } }: WorkflowEvent<Params>, step: WorkflowStep): Promise<void> {
    // With less, instances would follow each other without a step.
    const limit = Math.max(leastSubrequests, Number(this.env.SUBREQUESTS) || 50);
    let used = 0;
    for (let count = 1; count < maxSteps && limit - used >= leastSubrequests; count++) {
      const turn = await step.do('step', retries, () => advance(this.env, id, limit - used));
      if (turn.pause === undefined) return;
      used += turn.used;
      if (turn.pause > 0) await step.sleep('pause', `${Math.ceil(turn.pause)} seconds`);
    }
    await step.do('continue', retries, () => continueJob(this.env, id, part + 1));
  }
}

async function continueJob(env: Env, id: string, part: number): Promise<void> {
  // Recorded first: if the next line is not reached, another request for the job starts the instance.
  await changeRecord(env, id, { part });
  await startInstance(env, id, part);
}

/** The ID of an instance. IDs of jobs contain no `_`. */
const instanceId = (id: string, part: number) => (part === 1 ? id : `${id}_${part}`);

/** Starts an instance, or finds the one that was started before. */
async function startInstance(env: Env, id: string, part: number) {
  const instance = instanceId(id, part);
  const failure = await env.WORKFLOW.create({ id: instance, params: { id, part } }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return env.WORKFLOW.get(instance).catch((error: unknown) => {
    throw failure ?? error;
  });
}

/** Makes sure that an instance drives the job, however often it is called. */
export async function ensureRunning(env: Env, id: string): Promise<void> {
  const stored = await readRecord(env, id);
  if (!stored || isSettled(env, stored.record)) return;
  const instance = await startInstance(env, id, stored.record.part);
  const { status } = await instance.status();
  if (['complete', 'errored', 'terminated'].includes(status)) await instance.restart();
}

/** What the instance of a job does, such as `running`, `waiting` or `errored`; `undefined` before it starts. */
export async function instanceStatus(env: Env, { id, part }: JobRecord) {
  const instance = await env.WORKFLOW.get(instanceId(id, part)).catch(() => undefined);
  return instance?.status();
}
