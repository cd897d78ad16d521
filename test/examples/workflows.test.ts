import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Job, scriptedExecutor } from '../../src/testing/index.ts';
import { cleanEnvironment, root, type Started, start } from '../cli/start.ts';
import { ensureBuilt } from './built.ts';
import { type Interceptor, points, serveIntercepted } from './interceptor.ts';
import { type Receiver, receiveWebhooks } from './webhook-receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const headers = { authorization: 'Bearer the-access-key' };
let scratch: string;
let served: Interceptor;
let receiver: Receiver;
let wrangler: Started;
let url: string;

/** Bytes that differ for each name. */
const content = (name: string, size: number) =>
  new Uint8Array(size).map((_, index) => index * 31 + name.charCodeAt(index % name.length));

/** A kernel that writes one file, named by its task; `fail` fails, and `wait` waits until it is canceled. */
async function script({ text, env, signal, onOutput }: Job) {
  // The prologue of a script prints this.
  onOutput('stdout', `##kaggle-ts session=${/\d+/.exec(env.KAGGLE_CONTAINER_NAME!)}##\n`);
  const task = /task: ([\w-]+)/.exec(text)![1]!;
  if (task === 'fail') throw new Error('no such column: price');
  if (task === 'wait') await new Promise((resolve) => signal.addEventListener('abort', resolve));
  return { files: [{ name: `${task}.bin`, data: content(task, 300_000) }] };
}

/** Starts `wrangler dev` with the state of the last start. */
async function startWrangler(): Promise<void> {
  const vars = [
    `KAGGLE_ENDPOINT:${served.url}`,
    'KAGGLE_API_TOKEN:KGAT_test',
    'ACCESS_KEY:the-access-key',
    `WEBHOOK_URL:${receiver.url}`,
    `WEBHOOK_SECRET:${secret}`,
    'LONGEST_PAUSE:0.05',
  ];
  const places = ['--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0', '--persist-to', join(scratch, 'state')];
  const command = join(root, 'node_modules/wrangler/bin/wrangler.js');
  const environment = cleanEnvironment({
    HOME: scratch,
    XDG_CONFIG_HOME: scratch,
    TMPDIR: scratch,
    CI: '1',
    WRANGLER_SEND_METRICS: 'false',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  });
  const folder = join(root, 'examples/workflows');
  wrangler = start(process.execPath, [command, 'dev', ...places, '--var', ...vars], environment, folder, true);
  url = (await wrangler.until(/Ready on (http:\S+)/))[1]!;
}

/** Kills wrangler and its workerd, which have no chance to write anything. */
async function kill(): Promise<void> {
  process.kill(-wrangler.child.pid!, 'SIGKILL');
  await wrangler.ended;
}

beforeAll(async () => {
  ensureBuilt();
  scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-workflows-'));
  served = await serveIntercepted(scriptedExecutor(script));
  receiver = await receiveWebhooks(secret);
  await startWrangler();
});

afterAll(async () => {
  if (wrangler) await kill();
  // A killed wrangler leaves its bundles there.
  rmSync(join(root, 'examples/workflows/.wrangler/tmp'), { recursive: true, force: true });
  receiver?.close();
  await served?.close();
  rmSync(scratch, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(`${url}/${path}`, init);
  return { status: response.status, json: await response.json() };
}

const upload = (key: string, body: Uint8Array<ArrayBuffer>) =>
  fetch(`${url}/files/${key}`, { method: 'PUT', headers, body });

/** A job that uploads one file, and runs a kernel that writes another one. */
function planOf(name: string, task: string = name) {
  return {
    dataset: { owner: 'alice', slug: `${name}-data`, title: `${name} data`, files: [`${name}.csv`] },
    kernel: { slug: `alice/${name}-job`, newTitle: `${name} job`, text: `# task: ${task}` },
    output: true,
  };
}

async function post(names: string[]): Promise<void> {
  const posted = await ask(
    'POST',
    'jobs',
    names.map((id) => ({ id, plan: planOf(id) })),
  );
  expect(posted).toEqual({ status: 202, json: { ids: names } });
}

/** Stores the input of new jobs, and posts them. */
async function begin(names: string[]): Promise<void> {
  for (const name of names) expect((await upload(`in/${name}.csv`, content(name, 200_000))).status).toBe(201);
  await post(names);
}

const settled = (name: string) =>
  expect.poll(async () => (await ask('GET', `jobs/${name}`)).json, { timeout: 160_000, interval: 100 });

/** The job ran exactly once, and its bytes and its webhook are right. */
async function expectComplete(name: string): Promise<void> {
  // Asking the Worker all the time would cost more than the job.
  const isDelivered = () => receiver.deliveries.some(({ id }) => id === name);
  await expect.poll(isDelivered, { timeout: 160_000, interval: 50 }).toBe(true);
  await settled(name).toMatchObject({ step: 'done', webhook: { delivered: true }, workflow: { status: 'complete' } });
  const { datasets, kernels } = served.emulator.state;
  const versions = datasets.get(`alice/${name}-data`)?.versions ?? [];
  expect(versions.map(({ files }) => files.map((file) => file.name))).toEqual([[`${name}.csv`]]);
  expect(Buffer.compare(versions[0]!.files[0]!.data, content(name, 200_000))).toBe(0);
  expect(kernels.get(`alice/${name}-job`)?.versions).toHaveLength(1);
  const stored = await fetch(`${url}/files/out/${name}/${name}.bin`, { headers });
  expect(Buffer.compare(new Uint8Array(await stored.arrayBuffer()), content(name, 300_000))).toBe(0);
  const delivered = receiver.deliveries.filter(({ id }) => id === name);
  expect(delivered.length).toBeGreaterThan(0);
  for (const { payload } of delivered) {
    expect(payload.type).toBe('job.done');
    expect(payload.data.files?.map(({ key }) => key)).toEqual([`out/${name}/${name}.bin`]);
  }
}

test('a job uploads from R2, runs, downloads to R2 and sends a webhook; repeating its request starts nothing', async () => {
  await begin(['nightly-1']);
  await expectComplete('nightly-1');
  await post(['nightly-1']);
  const other = { id: 'nightly-1', plan: planOf('nightly-1', 'other') };
  expect(await ask('POST', 'jobs', other)).toEqual({
    status: 409,
    json: { error: 'job "nightly-1" exists with another plan; choose another id' },
  });
  await expectComplete('nightly-1');
  expect(receiver.deliveries).toHaveLength(1);
});

test('a failed run and a canceled one end with their reason, also in the webhook', async () => {
  const jobs = ['fail', 'wait'].map((task) => ({
    id: `to-${task}`,
    plan: { kernel: planOf(`to-${task}`, task).kernel },
  }));
  expect((await ask('POST', 'jobs', jobs)).status).toBe(202);
  await settled('to-wait').toMatchObject({ step: 'running', status: 'RUNNING' });
  expect((await ask('DELETE', 'jobs/to-wait')).json).toMatchObject({ canceled: true });
  await settled('to-wait').toMatchObject({ step: 'failed', webhook: { delivered: true } });
  await settled('to-fail').toMatchObject({ step: 'failed', webhook: { delivered: true } });
  const reasons = receiver.deliveries
    .filter(({ payload }) => payload.type === 'job.failed')
    .map(({ id, payload }) => [id, payload.data.error?.message]);
  expect(Object.fromEntries(reasons)).toEqual({
    'to-fail': expect.stringContaining('no such column'),
    'to-wait': expect.stringContaining('canceled'),
  });
  expect(served.emulator.state.kernels.get('alice/to-wait-job')?.versions[0]?.status).toMatch(/^CANCEL/);
});

test('a webhook that fails does not fail the job, and is sent again with the same ID', async () => {
  let fails = true;
  receiver.respond = ({ id }) => (id === 'no-receiver' && fails ? 503 : 204);
  await begin(['no-receiver']);
  await settled('no-receiver').toMatchObject({
    step: 'done',
    webhook: { delivered: false, problem: expect.stringContaining('the receiver responded with 503') },
  });
  fails = false;
  await expectComplete('no-receiver');
  expect(receiver.refused).toBe(0);
});

test('refuses requests without the key, unknown jobs and invalid plans', async () => {
  expect((await fetch(`${url}/jobs/nightly-1`)).status).toBe(401);
  expect((await ask('GET', 'jobs/nobody')).status).toBe(404);
  expect((await ask('DELETE', 'jobs/nobody')).status).toBe(404);
  expect((await ask('POST', 'jobs', { id: 'A/b', plan: planOf('a-b') })).status).toBe(400);
  expect((await ask('POST', 'jobs', [null])).status).toBe(400);
  const invalid = await ask('POST', 'jobs', [
    { id: 'good', plan: planOf('good-1') },
    { id: 'bad', plan: { kernel: {} } },
  ]);
  expect(invalid).toMatchObject({ status: 400, json: { error: expect.stringContaining('kernel') } });
  const good = { id: 'good', plan: planOf('good-1') };
  expect((await ask('POST', 'jobs', [good, good])).status).toBe(400);
  expect((await ask('POST', 'jobs', [good, { id: 'nightly-1', plan: good.plan }])).status).toBe(409);
  expect((await ask('POST', 'jobs', { id: 'good' })).status).toBe(400);
  // All or nothing: the valid one was not stored either.
  expect((await ask('GET', 'jobs/good')).status).toBe(404);
  expect((await ask('DELETE', 'jobs/nightly-1')).json).not.toHaveProperty('canceled');
});

test('the process is killed inside all steps at once, and again while they resume; each job runs exactly once', {
  timeout: 300_000,
}, async () => {
  // Not before the push: the search for a push that was not sent takes two minutes. test/jobs has it.
  const names = Object.keys(points)
    .flatMap((point) => [`stop-${point}-before`, `stop-${point}-after`])
    .filter((name) => name !== 'stop-push-before')
    .concat('stop-webhook-after');

  // The webhook arrives, but its response does not.
  receiver.respond = ({ id }) => {
    if (id !== 'stop-webhook-after' || served.stopped.has(id)) return 204;
    served.stopped.add(id);
    return 0;
  };
  await begin(names);
  const running = () => names.filter((name) => !served.stopped.has(name));
  await expect.poll(running).toEqual([]);
  await kill();
  served.release();

  // Locally, an instance resumes when its job is posted again; on Cloudflare by itself.
  await startWrangler();
  const { requests } = served.emulator.state;
  const before = requests.length;
  await post(names);
  await expect.poll(() => requests.length, { interval: 5 }).toBeGreaterThan(before);
  await kill();

  await startWrangler();
  await post(names);
  for (const name of names) await expectComplete(name);
  expect(receiver.refused).toBe(0);
});
