import { expect, test, vi } from 'vitest';
import { describe, sentence } from '../../examples/dashboard/src/data/problem.ts';
import { nextRefill } from '../../examples/dashboard/src/data/refill.ts';
import {
  ConnectionError,
  createClient,
  IntegrityError,
  type KaggleClient,
  TimeoutError,
  TransferError,
} from '../../src/browser.ts';
import { createProxy, readOnly } from '../../src/proxy/index.ts';
import { attach, push, remove, start } from '../../src/services/kernels/index.ts';
import { createEmulator, scriptedExecutor } from '../../src/testing/index.ts';

vi.stubGlobal('navigator', { onLine: true });

/** A page's client: of a proxy that allows to read, in front of an emulator. */
function pageOf(more: object = {}): { client: KaggleClient; direct: KaggleClient } {
  const emulator = createEmulator({ lag: 0, executor: scriptedExecutor(() => new Promise(() => {})), ...more });
  const direct = createClient({ token: 'KGAT_test', fetch: emulator.fetch, dangerouslyAllowBrowser: true });
  const proxy = createProxy({ client: direct, allow: readOnly, authorize: () => true });
  const fetch = (request: Request) => proxy.fetch(request);
  return { client: createClient({ endpoint: 'https://app.example/kaggle', credential: 'proxy', fetch }), direct };
}

const problemOf = (work: Promise<unknown>) => work.then(() => expect.fail('it succeeded'), describe);
const gpu = { slug: 'alice/a-job', newTitle: 'A job', text: 'x', machineShape: 'NvidiaTeslaT4' } as const;

test('what the proxy does not allow names the method and the rule', async () => {
  const { client } = pageOf();
  expect(await problemOf(remove(client, 'alice/x'))).toEqual({
    title: 'This dashboard does not allow that',
    detail: expect.stringMatching(/^kernels\.KernelsApiService\/DeleteKernel is not allowed by this proxy; .*allow/i),
  });
});

test('a page of a proxy or of a network in place of JSON is not blamed on Kaggle', async () => {
  const fetch = async () => new Response('<!doctype html><h1>Welcome to our Wi-Fi</h1>');
  const client = createClient({ endpoint: 'https://app.example/kaggle', credential: 'proxy', fetch, retry: 0 });
  expect(await problemOf(client.whoAmI())).toEqual({
    title: 'The response cannot be read',
    detail: expect.stringMatching(/^HTTP 200 with a web page\. A proxy, or a network/),
  });
});

test('a reason contains no name of a method, wherever it stands in the message', () => {
  expect(sentence('kernels.KernelsApiService/GetKernel: boom')).toBe('Boom.');
  expect(sentence('cannot get the status, retrying: kernels.KernelsApiService/GetKernel: boom')).toBe(
    'Cannot get the status, retrying: boom.',
  );
});

test('a quota that is used up says when it renews', async () => {
  const { direct } = pageOf({ users: [{ username: 'alice', token: 'KGAT_test', gpuSecondsLeft: 0 }] });
  const problem = await problemOf(push(direct, gpu));
  expect(problem.title).toBe('The GPU quota is used up');
  expect(problem.detail).toMatch(/renews on (?:Friday|Saturday|Sunday), \w+ \d+ at \d\d:\d\d/);
});

test.each([
  ['2026-11-27T23:59:59Z', '2026-11-28T00:00:00Z'],
  ['2026-11-28T00:00:00Z', '2026-12-05T00:00:00Z'],
  ['2026-12-31T12:00:00Z', '2027-01-02T00:00:00Z'],
])('after %s the quotas renew at %s', (now, next) => {
  expect(nextRefill(new Date(now))).toEqual(new Date(next));
});

test('no free session says what to do', async () => {
  const { direct } = pageOf();
  for (const name of ['one', 'two']) await push(direct, { ...gpu, slug: `alice/job-${name}`, newTitle: `job ${name}` });
  expect((await problemOf(push(direct, gpu))).title).toBe('All GPU sessions of the account are in use');
});

test('a text that is not the id of a job, and the id of a job of another account', async () => {
  const users = ['alice', 'bob'].map((username) => ({ username, token: `KGAT_${username}` }));
  const emulator = createEmulator({ lag: 0, users, executor: scriptedExecutor(() => {}) });
  const [alice, bob] = users.map(({ token }) =>
    createClient({ token, fetch: emulator.fetch, dangerouslyAllowBrowser: true }),
  );
  const { id } = await start(alice!, { slug: 'alice/a-job', newTitle: 'A job', text: 'x' });
  expect(await problemOf(attach(bob!, id).peek())).toEqual({
    title: 'No access',
    detail: expect.stringMatching(/belongs to the account "alice", and the credential to "bob"/),
  });
  const problem = await problemOf(Promise.resolve().then(() => attach(bob!, 'nonsense')));
  expect(problem.title).toBe('This is not the id of a job');
  expect(problem.detail).toMatch(/expected the id of a job.*"nonsense"/);
});

test.each([
  [new ConnectionError('fetch failed'), 'No connection', /server cannot be reached/],
  [
    new TransferError('cannot upload "a.csv": the file changed during the upload; upload it again'),
    'The file changed',
    /^Cannot upload "a.csv"/,
  ],
  [
    new TransferError('cannot read "a.csv": it changed or became unreadable after it was opened'),
    'The file changed',
    /a\.csv/,
  ],
  [
    new TransferError("cannot save: the browser's storage for this site is full (1 MB needed)"),
    'No space left',
    /1 MB/,
  ],
  [new DOMException('full', 'QuotaExceededError'), 'No space left', /disk space/],
  [new IntegrityError('cannot download "a": checksum mismatch'), 'The data arrived damaged', /mismatch/],
  [new TimeoutError('kernels.K/L: timed out after 60 s'), 'No response in time', /^Timed out after 60 s\.$/],
  [
    new TypeError('Failed to fetch dynamically imported module: https://x/y.js'),
    'A part of the dashboard could not be loaded',
    /reload/,
  ],
  [new Error('odd'), 'Something went wrong', /^Odd\.$/],
  ['text', 'Something went wrong', /^Text\.$/],
])('%s', (error, title, detail) => {
  expect(describe(error)).toEqual({ title, detail: expect.stringMatching(detail) });
});
