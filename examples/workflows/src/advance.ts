import { advanceJob, sendWebhook } from 'kaggle-ts/jobs';
import {
  countSubrequests,
  createClient,
  isKaggleError,
  r2Source,
  r2Target,
  type Subrequests,
  workersPlatform,
} from 'kaggle-ts/workers';
import type { Env } from './bindings.ts';
import { hasEnded, isSettled, type JobRecord, readRecord, replaceRecord, summary } from './record.ts';

/** Most subrequests that a step makes beside those of `requests`: its last requests, and four for the record. */
const reserve = 20;

/** Fewest subrequests that a step needs: 10 is the least value of `requests`. */
export const leastSubrequests: number = reserve + 10;

/** After the last attempt, about a day after the first, the webhook is sent again only if the job is posted again. */
const webhookAttempts = 12;

/** The result of a step. Small, because Cloudflare stores the results of all steps. */
export interface Turn {
  /** Seconds until the next step; absent if there is none. */
  readonly pause?: number;
  /** Subrequests that the step made. */
  readonly used: number;
}

/** What a step changes in the record, and the pause after it in seconds. */
interface Outcome {
  readonly changes: Partial<JobRecord>;
  readonly pause: number;
}

/**
 * Does the next step of a job, and stores what it led to. It can be killed at any point and repeated: the record is replaced only
 * after the step, and each step first looks for what an earlier attempt has done.
 *
 * @param allowed - Maximum number of subrequests.
 */
export async function advance(env: Env, id: string, allowed: number): Promise<Turn> {
  const found = await readRecord(env, id);
  if (!found) throw new Error(`job "${id}" does not exist`);
  if (isSettled(env, found.record)) return { used: 1 };
  const counter = countSubrequests({ limit: allowed - 4 });
  let stored = found;
  let used = 1;
  async function save(changes: Partial<JobRecord>): Promise<void> {
    used++;
    const replaced = await replaceRecord(env, stored, changes);
    // The repetition of the step reads what was changed, for example by a caller who cancels the job.
    if (!replaced) throw new Error(`job "${id}" was changed during the step`);
    stored = replaced;
  }
  let outcome: Outcome;
  try {
    outcome = hasEnded(found.record)
      ? await notify(env, found.record, counter)
      : await work(env, found.record, counter, allowed, save);
  } catch (error) {
    // For callers; Cloudflare repeats the step.
    await save({ failure: String(error) });
    throw error;
  }
  await save({ failure: undefined, ...outcome.changes });
  const { record } = stored;
  used += counter.used;
  const isGivenUp = hasEnded(record) && (record.webhook?.attempts ?? 0) >= webhookAttempts;
  return isSettled(env, record) || isGivenUp ? { used } : { pause: outcome.pause, used };
}

/** Performs a step of a job that has not ended. */
async function work(
  env: Env,
  record: JobRecord,
  counter: Subrequests,
  allowed: number,
  save: (changes: Partial<JobRecord>) => Promise<void>,
): Promise<Outcome> {
  const { fetch, signal } = counter;
  const client = createClient({ endpoint: env.KAGGLE_ENDPOINT, platform: workersPlatform({ env }), fetch, signal });
  const bucket = counter.bucket(env.BUCKET);
  const io = { source: (name: string) => r2Source(bucket, `in/${name}`), target: r2Target(bucket, `out/${record.id}`) };
  const longest = Number(env.LONGEST_PAUSE ?? 300);
  const { state, pause } = await advanceJob(client, record.state, io, {
    requests: allowed - reserve,
    schedule: { first: Math.min(5, longest), longest },
    cancel: record.canceled,
    save: (state) => save({ state }),
  });
  return { changes: { state }, pause };
}

/** Sends the webhook of a job that has ended. If that fails, the job has ended all the same. */
async function notify(env: Env, record: JobRecord, { fetch }: Subrequests): Promise<Outcome> {
  const attempts = (record.webhook?.attempts ?? 0) + 1;
  const payload = { type: `job.${record.state.step}`, timestamp: record.updated, data: summary(record) };
  const longest = Number(env.LONGEST_PAUSE ?? 300);
  const pause = Math.min(longest * 72, 60 * 2 ** (attempts - 1));
  try {
    await sendWebhook(env.WEBHOOK_URL!, { id: record.id, payload }, { secret: env.WEBHOOK_SECRET!, retries: 1, fetch });
    return { changes: { webhook: { attempts, delivered: true } }, pause };
  } catch (error) {
    if (!isKaggleError(error)) throw error;
    return { changes: { webhook: { attempts, delivered: false, problem: error.message } }, pause };
  }
}
