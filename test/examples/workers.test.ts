import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type Job,
  pyodideExecutor,
  type ServedEmulator,
  scriptedExecutor,
  serveEmulator,
} from '../../src/testing/index.ts';
import { cleanEnvironment, root, type Started, start } from '../cli/start.ts';
import { ensureBuilt } from './built.ts';

const key = { authorization: 'Bearer the-access-key' };
let scratch: string;
let served: ServedEmulator;
let wrangler: Started;
let url: string;
/** What a kernel does whose text is `scripted`; any other text is Python and really runs. */
let script: (job: Job) => Promise<void>;

beforeAll(async () => {
  ensureBuilt();
  scratch = mkdtempSync(join(tmpdir(), 'kaggle-ts-worker-'));
  const python = pyodideExecutor();
  const scripted = scriptedExecutor((job) => script(job));
  served = await serveEmulator({
    executor: {
      run: (job) => (job.text === 'scripted' ? scripted : python).run(job),
      close: async () => python.close?.(),
    },
  });
  const vars = [`KAGGLE_ENDPOINT:${served.url}`, 'KAGGLE_API_TOKEN:KGAT_test', 'ACCESS_KEY:the-access-key'];
  const places = ['--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0', '--persist-to', join(scratch, 'state')];
  const command = join(root, 'node_modules/wrangler/bin/wrangler.js');
  wrangler = start(
    process.execPath,
    [command, 'dev', ...places, '--var', ...vars],
    cleanEnvironment({
      HOME: scratch,
      XDG_CONFIG_HOME: scratch,
      TMPDIR: scratch,
      CI: '1',
      WRANGLER_SEND_METRICS: 'false',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    }),
    join(root, 'examples/workers'),
  );
  url = (await wrangler.until(/Ready on (http:\S+)/))[1]!;
});

afterAll(async () => {
  wrangler?.child.kill('SIGTERM');
  await wrangler?.ended.catch(() => {});
  await served?.close();
  rmSync(scratch, { recursive: true, force: true });
});

beforeEach(() => served.emulator.reset());

const get = (route: string, query: Record<string, string>) =>
  fetch(`${url}/${route}?${new URLSearchParams(query)}`, { headers: key });

async function push(job: object): Promise<string> {
  const response = await fetch(`${url}/push`, { method: 'POST', headers: key, body: JSON.stringify(job) });
  expect(response.status).toBe(201);
  return ((await response.json()) as { ref: string }).ref;
}

async function statusOf(ref: string): Promise<string> {
  return ((await (await get('status', { ref })).json()) as { status: string }).status;
}

test('a kernel is pushed and runs, and the Worker streams its log and output', async () => {
  const text = 'print("2 + 3 =", 2 + 3)\nopen("sum.txt", "w").write(str(2 + 3))';
  const ref = await push({ slug: 'alice/from-a-worker', newTitle: 'From a Worker', text });
  expect(ref).toBe('alice/from-a-worker/1');
  expect(await (await get('log', { ref })).text()).toBe('2 + 3 = 5\n');
  await expect.poll(() => statusOf(ref)).toBe('COMPLETE');
  expect(await (await get('output', { ref, file: 'sum.txt' })).text()).toBe('5');

  const missing = await get('output', { ref, file: 'product.txt' });
  expect(missing.status).toBe(404);
  expect(await missing.json()).toEqual({ files: ['sum.txt'] });
});

test('a line of the log arrives while the kernel is still running', async () => {
  const seen = Promise.withResolvers<void>();
  script = async (job) => {
    job.onOutput('stdout', 'first line\n');
    await seen.promise;
    job.onOutput('stdout', 'last line\n');
  };
  const ref = await push({ slug: 'alice/in-two-steps', newTitle: 'In two steps', text: 'scripted' });
  const lines = (await get('log', { ref })).body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await lines.read()).value).toBe('first line\n');
  expect(await statusOf(ref)).toBe('RUNNING');
  // The kernel goes on only now: a log that came in one piece at the end would wait for ever.
  seen.resolve();
  expect((await lines.read()).value).toBe('last line\n');
  expect((await lines.read()).done).toBe(true);
});

test('files are stored in R2 and uploaded to a dataset', async () => {
  const large = new Uint8Array(9_000_000).map((_, index) => index * 7);
  for (const [name, body] of Object.entries({ 'daily/a.csv': 'x,y\n1,2\n', 'daily/deep/b.bin': large })) {
    const stored = await fetch(`${url}/file?${new URLSearchParams({ name })}`, { method: 'PUT', headers: key, body });
    expect(stored.status).toBe(201);
  }
  const query = new URLSearchParams({ ref: 'alice/from-r2', prefix: 'daily' });
  const made = await fetch(`${url}/dataset?${query}`, { method: 'POST', headers: key });
  expect([made.status, await made.json()]).toEqual([201, { ref: 'alice/from-r2', versionNumber: 1 }]);
  const files = served.emulator.state.datasets.get('alice/from-r2')?.versions[0]?.files ?? [];
  expect(files.map(({ name }) => name).sort()).toEqual(['a.csv', 'deep/b.bin']);
  expect(Buffer.compare(files.find(({ name }) => name === 'deep/b.bin')!.data, large)).toBe(0);
});

test('refusals of Kaggle and the client keep their status; requests without the key are refused', async () => {
  const strange = await fetch(`${url}/status?ref=alice/from-a-worker`);
  expect(strange.status).toBe(401);
  expect(served.emulator.state.requests).toHaveLength(0);

  expect((await get('status', { ref: 'alice/no-such-kernel' })).status).toBe(403);
  expect((await get('log', { ref: 'alice/no-such-kernel' })).status).toBe(403);
  const wrong = await get('status', { ref: 'not a kernel' });
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toEqual({
    error: expect.stringContaining('invalid kernel "not a kernel": expected "owner/slug"'),
  });
});
