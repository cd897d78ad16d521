/**
 * A service for GPU jobs: POST /jobs (one or several), GET and DELETE /jobs/:id, and PUT and GET /files/:key for their files in R2.
 * Each job is a Workflow instance; a signed webhook tells when it has ended.
 */
import { beginJob, type JobPlan } from 'kaggle-ts/jobs';
import { ValidationError } from 'kaggle-ts/workers';
import type { Env } from './bindings.ts';
import { changeRecord, createRecord, hasEnded, type JobRecord, readRecord, summary } from './record.ts';
import { ensureRunning, instanceStatus } from './workflow.ts';

export { JobWorkflow } from './workflow.ts';

interface WantedJob {
  /** Identifies the job: a request that is repeated with it starts nothing new. */
  id: string;
  plan: JobPlan;
}

/** Maximum number of jobs in a request: each takes two subrequests, and Cloudflare's free plan allows 50. */
const maxJobs = 20;

const fail = (status: number, error: string) => Response.json({ error }, { status });

async function postJobs(request: Request, env: Env): Promise<Response> {
  const body = (await request.json()) as WantedJob | WantedJob[];
  const jobs = [body].flat();
  if (jobs.length > maxJobs) return fail(400, `expected at most ${maxJobs} jobs, got ${jobs.length}`);
  for (const job of jobs) {
    if (typeof job?.id !== 'string' || !/^[a-z0-9][a-z0-9-]{0,63}$/.test(job.id))
      return fail(400, 'id: expected 1 to 64 of a-z, 0-9 and "-"');
  }
  const ids = jobs.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return fail(400, 'id: expected a different one for each job');
  // All jobs are checked before the first one is stored.
  const missing: JobRecord[] = [];
  for (const { id, plan } of jobs) {
    const state = beginJob(plan);
    const known = await readRecord(env, id);
    if (!known) missing.push({ id, state, part: 1, updated: new Date().toISOString() });
    else if (JSON.stringify(known.record.state.plan) !== JSON.stringify(plan))
      return fail(409, `job "${id}" exists with another plan; choose another id`);
  }
  for (const record of missing) {
    if (!(await createRecord(env, record))) return fail(409, `job "${record.id}" was posted twice; post it again`);
  }
  // A request that fails before this line is repeated by its caller, one after it by the queue.
  await env.QUEUE.sendBatch(ids.map((id) => ({ body: id })));
  return Response.json({ ids }, { status: 202 });
}

async function getJob(id: string, env: Env): Promise<Response> {
  const stored = await readRecord(env, id);
  if (!stored) return fail(404, `job "${id}" does not exist`);
  const { status, error } = (await instanceStatus(env, stored.record)) ?? { status: 'queued' };
  return Response.json({
    ...summary(stored.record),
    webhook: stored.record.webhook,
    workflow: { status, error: error ?? undefined },
  });
}

/** The next step cancels the run. Has no effect on a job that has ended. */
async function cancel(id: string, env: Env): Promise<Response> {
  const stored = await readRecord(env, id);
  if (stored && !hasEnded(stored.record)) await changeRecord(env, id, { canceled: true });
  return getJob(id, env);
}

async function answer(request: Request, env: Env): Promise<Response> {
  const { method } = request;
  const [, route, ...rest] = new URL(request.url).pathname.split('/').map(decodeURIComponent);
  const name = rest.join('/');
  if (route === 'jobs') {
    if (method === 'POST' && name === '') return postJobs(request, env);
    if (method === 'GET' && name) return getJob(name, env);
    if (method === 'DELETE' && name) return cancel(name, env);
  }
  if (route === 'files' && method === 'PUT' && name.startsWith('in/')) {
    await env.BUCKET.put(name, request.body);
    return new Response(null, { status: 201 });
  }
  if (route === 'files' && method === 'GET' && /^(?:in|out)\//.test(name)) {
    const object = await env.BUCKET.get(name);
    return object ? new Response(object.body) : fail(404, `"${name}" does not exist`);
  }
  return new Response('not found\n', { status: 404 });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const key = request.headers.get('authorization');
    if (!env.ACCESS_KEY || key !== `Bearer ${env.ACCESS_KEY}`) return new Response('unauthorized\n', { status: 401 });
    try {
      return await answer(request, env);
    } catch (error) {
      if (error instanceof ValidationError || error instanceof SyntaxError || error instanceof URIError)
        return fail(400, error.message);
      throw error;
    }
  },

  async queue(batch: { messages: readonly { body: string; ack(): void; retry(): void }[] }, env: Env): Promise<void> {
    for (const message of batch.messages) {
      try {
        await ensureRunning(env, message.body);
        message.ack();
      } catch (error) {
        console.error(`cannot start job "${message.body}": ${error}`);
        message.retry();
      }
    }
  },
};
