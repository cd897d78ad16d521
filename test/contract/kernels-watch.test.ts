import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  AuthenticationError,
  ConnectionError,
  KaggleError,
  PermissionError,
  TimeoutError,
  ValidationError,
} from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import type { JobEvent, WatchOptions } from '../../src/services/kernels/index.ts';
import { attach, watch } from '../../src/services/kernels/index.ts';
import { writeJobId } from '../../src/services/kernels/job/id.ts';
import { timeline } from '../clock.ts';
import { refuse } from './kernels-fake.ts';
import { createRunsServer, type Script, type ServerOptions } from './runs-server.ts';

interface Job {
  ref: string;
  versionNumber: number;
}

const onWarning = () => {};
const modes = [false, 'live', 'poll'] as const;

/** A server with these runs, each with one job that was just pushed. */
function setUp(runs: Record<string, Script>, options?: ServerOptions) {
  const clock = timeline();
  const server = createRunsServer(clock, runs, options);
  const jobs: Job[] = Object.keys(runs).map((slug) => ({ ref: `alice/${slug}`, versionNumber: 1 }));
  return { clock, ...server, jobs };
}

/** Runs of this number, which start and end one after another. */
const manyRuns = (count: number): Record<string, Script> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`job-${index}`, { starts: 10 + index, ends: 60 + 7 * index }]),
  );

/** What happened to each run, as text: its statuses, `log` for its whole log, and how it ended. */
async function story(events: AsyncIterable<JobEvent<Job>>, textOf?: (slug: string) => string) {
  const found: Record<string, string[]> = {};
  const logs: Record<string, string> = {};
  for await (const event of events) {
    const slug = event.job.ref.slice('alice/'.length);
    found[slug] ??= [];
    if (event.type === 'log') {
      logs[slug] = (logs[slug] ?? '') + event.entry.data;
      if (logs[slug] === textOf?.(slug)) found[slug].push('log');
    } else if (event.type === 'failed') found[slug].push(`failed: ${(event.error as Error).message}`);
    else found[slug].push(`${event.type} ${event.status}${event.failureMessage ? `: ${event.failureMessage}` : ''}`);
  }
  return found;
}

const usual = ['status NOT_STARTED', 'status QUEUED', 'status RUNNING'];

describe('the events of a job', () => {
  it.each(modes)('are its statuses, its log and its end, in order (logs: %s)', async (logs) => {
    const { client, jobs, textOf } = setUp({ 'job-one': { ends: 400 } });
    const expected = [...usual, ...(logs ? ['log'] : []), 'ended COMPLETE'];
    expect(await story(watch(client, jobs, { logs }), textOf)).toEqual({ 'job-one': expected });
  });

  it.each(modes)('say how it failed (logs: %s)', async (logs) => {
    const { client, jobs } = setUp({ 'job-one': { status: 'ERROR', failureMessage: 'out of memory', lines: [] } });
    const expected = [...usual, 'ended ERROR: out of memory'];
    expect(await story(watch(client, jobs, { logs }))).toEqual({ 'job-one': expected });
  });

  it.each(modes)('are only its log and its end if it ended before (logs: %s)', async (logs) => {
    const { client, jobs, textOf, requests } = setUp({ 'job-one': { exists: 0, starts: -100, ends: -50 } });
    const expected = [...(logs ? ['log'] : []), 'ended COMPLETE'];
    expect(await story(watch(client, jobs, { logs }), textOf)).toEqual({ 'job-one': expected });
    expect(requests.map(({ what }) => what)).toEqual(logs ? ['status', 'stored'] : ['status']);
  });

  it('name the job as it was passed; a repeated one counts once, and all without an owner need one request', async () => {
    const { client } = setUp({ 'job-one': { exists: 0, starts: -9, ends: -8 } });
    let asked = 0;
    const named = { ...client, whoAmI: async () => `alice${'!'.slice(asked++)}` };
    const url = new URL('https://www.kaggle.com/code/alice/job-one');
    const jobs = ['alice/job-one/1', url, 'job-one', 'alice/job-one/1', ' job-one', url];
    const found = [];
    for await (const { job } of watch(named, jobs)) found.push(job);
    expect(new Set(found)).toEqual(new Set(jobs));
    expect(found).toHaveLength(4);
    expect(asked).toBe(1);
  });

  it('end at once without jobs', async () => {
    expect(await story(watch(setUp({}).client, []))).toEqual({});
  });
});

describe('one job does not end the others', () => {
  it.each(modes)('if it is private, deleted, missing, or never starts (logs: %s)', async (logs) => {
    const { client, jobs, textOf } = setUp({
      'good-one': { ends: 300 },
      private: { isPrivate: true },
      deleted: { deleted: 70, ends: 300 },
      'never-run': { exists: Number.POSITIVE_INFINITY },
    });
    const all = [...jobs, { ref: 'alice/nobody', versionNumber: 1 }];
    const found = await story(watch(client, all, { logs, onWarning }), textOf);
    expect(found).toEqual({
      'good-one': [...usual, ...(logs ? ['log'] : []), 'ended COMPLETE'],
      private: [expect.stringContaining("failed: kernels.KernelsApiService/GetKernelSessionStatus: Permission 'kern")],
      nobody: [expect.stringContaining('not found, or private')],
      deleted: [...usual, 'failed: version 1 of alice/deleted was deleted'],
      'never-run': ['status NOT_STARTED', expect.stringMatching(/^failed: .* did not start within 900 s/)],
    });
  });

  it('has failed with the error that `wait` throws', async () => {
    const { client, jobs } = setUp({
      private: { isPrivate: true },
      deleted: { deleted: 30 },
      late: { exists: 500 },
    });
    const errors: unknown[] = [];
    for await (const event of watch(client, jobs, { startTimeout: 60, onWarning }))
      if (event.type === 'failed') errors.push(event.error);
    expect(errors.map((error) => (error as Error).constructor)).toEqual([PermissionError, KaggleError, TimeoutError]);
  });

  it('if the credential is refused for it, though it was accepted for others', async () => {
    const { client, jobs } = setUp(
      { 'job-one': {}, 'job-two': {} },
      { fault: (_what, slug) => (slug === 'job-two' ? refuse(401, 'bad token') : undefined) },
    );
    const found = await story(watch(client, jobs));
    expect(found['job-one']!.at(-1)).toBe('ended COMPLETE');
    expect(found['job-two']).toEqual([expect.stringMatching(/^failed: .*bad token/)]);
  });

  it('unless the credential is refused for all, or there is none', async () => {
    const { client, jobs, requests } = setUp(manyRuns(300), { fault: () => refuse(401, 'bad token') });
    await expect(story(watch(client, jobs))).rejects.toThrow(AuthenticationError);
    expect(requests.length).toBeLessThanOrEqual(10);
    const nobody = createClient({ platform: memoryPlatform(), fetch: () => expect.fail('a request was sent') });
    await expect(watch(nobody, ['job-one', 'job-two']).next()).rejects.toThrow('no credential found');
  });

  it('if the name of the user is not known at once', async () => {
    const { client } = setUp({ 'job-one': {}, 'job-two': {} });
    let asked = 0;
    const whoAmI = async () => (++asked < 5 ? Promise.reject(new ConnectionError('no answer')) : 'alice');
    const found = [];
    for await (const { job, type } of watch({ ...client, whoAmI }, ['job-one', 'job-two']))
      if (type === 'ended') found.push(job);
    expect(found.sort()).toEqual(['job-one', 'job-two']);
  });

  it('if its handle knows that it was deleted, or belongs to another account', async () => {
    const { client, clock } = setUp({ old: { deleted: 0 }, private: { isPrivate: true }, 'good-one': {} });
    await clock.sleep(3_600_000);
    const named = { ...client, whoAmI: async () => 'bob' };
    const facts = { versionNumber: 1, kernelId: 500, key: undefined };
    const jobs = ['old', 'private', 'good-one'].map((slug) =>
      attach(named, writeJobId({ ...facts, ref: `alice/${slug}`, pushedAt: slug === 'good-one' ? clock.now() : 0 })),
    );
    const found = await story(watch(named, jobs, { onWarning }));
    expect(found['good-one']!.at(-1)).toBe('ended COMPLETE');
    expect(found.old).toEqual([expect.stringContaining('cannot access')]);
    expect(found.private).toEqual([
      expect.stringContaining('belongs to the account "alice", and the credential to "bob"'),
    ]);
  });

  it('if its log cannot be read: that is a warning', async () => {
    const warnings: string[] = [];
    const { client, jobs, textOf } = setUp(
      { 'job-one': {}, 'job-two': {} },
      { fault: (what, slug) => (what !== 'status' && slug === 'job-one' ? refuse(403, 'no logs today') : undefined) },
    );
    const options: WatchOptions = { logs: 'live', onWarning: (line) => void warnings.push(line) };
    expect(await story(watch(client, jobs, options), textOf)).toEqual({
      'job-one': [...usual, 'ended COMPLETE'],
      'job-two': [...usual, 'log', 'ended COMPLETE'],
    });
    expect(warnings).toEqual([expect.stringMatching(/^cannot read the log of version 1 of alice\/job-one: .*no logs/)]);
  });
});

describe('a server in trouble', () => {
  it.each<[string, ServerOptions['fault']]>([
    ['is busy every other time', (_what, _slug, count) => (count % 2 ? refuse(503) : undefined)],
    ['loses connections', (_what, _slug, count) => (count % 3 ? undefined : Response.error())],
    ['sends web pages', (_what, _slug, count) => (count % 3 ? undefined : new Response('<!doctype html>Sorry'))],
    ['has no live logs', (what) => (what === 'log' ? refuse(500) : undefined)],
    [
      'has no stored logs for a while',
      (what, _slug, count) => (what === 'stored' && count < 25 ? refuse(500) : undefined),
    ],
    ['limits requests now and then', (_what, _slug, count) => (count % 4 ? undefined : refuse(429))],
  ])('that %s costs time, but no event and no line', async (_what, fault) => {
    const { client, jobs, textOf, busiestMinute } = setUp(manyRuns(3), {
      fault: (...request) => {
        const response = fault!(...request);
        if (response?.type === 'error') throw new TypeError('fetch failed');
        return response;
      },
    });
    const found = await story(watch(client, jobs, { logs: 'live', onWarning }), textOf);
    for (const events of Object.values(found)) expect(events.slice(-2)).toEqual(['log', 'ended COMPLETE']);
    expect(Object.keys(found)).toHaveLength(3);
    expect(busiestMinute()).toBeLessThanOrEqual(40);
  });

  it('that allows 12 requests per minute gets few more than these', async () => {
    const { client, jobs, requests } = setUp(manyRuns(30), { limit: 12, retryAfter: 20 });
    const found = await story(watch(client, jobs, { onWarning }));
    expect(Object.values(found).map((events) => events.at(-1))).toEqual(Array(30).fill('ended COMPLETE'));
    const minutes = requests.at(-1)!.at / 60;
    expect(requests.length / minutes).toBeLessThan(13);
  });
});

describe('the number of requests', () => {
  it.each([1, 20, 300])('of %i jobs is at most 30 per minute, after 10 at once', async (count) => {
    const { client, jobs, busiestMinute, requests } = setUp(manyRuns(count));
    const found = await story(watch(client, jobs));
    expect(Object.values(found).map((events) => events.at(-1))).toEqual(Array(count).fill('ended COMPLETE'));
    expect(busiestMinute()).toBeLessThanOrEqual(40);
    expect(requests.length).toBeLessThanOrEqual(10 + requests.at(-1)!.at / 2);
  });

  it.each(['live', 'poll'] as const)('includes the logs (%s) of 20 jobs', async (logs) => {
    const { client, jobs, textOf, busiestMinute, connections } = setUp(manyRuns(20));
    const found = await story(watch(client, jobs, { logs }), textOf);
    expect(Object.values(found).map((events) => events.slice(-2))).toEqual(Array(20).fill(['log', 'ended COMPLETE']));
    expect(busiestMinute()).toBeLessThanOrEqual(40);
    expect(connections().open).toBe(0);
  });

  it('of two streams of one client is the same together', async () => {
    const { client, jobs, busiestMinute } = setUp(manyRuns(20));
    await Promise.all([story(watch(client, jobs.slice(10))), story(watch(client, jobs.slice(0, 10)))]);
    expect(busiestMinute()).toBeLessThanOrEqual(40);
  });

  it('can be higher', async () => {
    const { client, jobs, busiestMinute } = setUp(manyRuns(20));
    await story(watch(client, jobs, { requestsPerMinute: 600 }));
    expect(busiestMinute()).toBeGreaterThan(60);
  });
});

describe('a slow consumer', () => {
  it('is waited for: nothing is read ahead', async () => {
    const lines = Array.from({ length: 5000 }, (_, index) => [0, `line ${index}\n`] as const);
    const { client, clock, jobs, requests, connections } = setUp({
      'job-one': { exists: 0, starts: 0, ends: 3600, lines: [...lines] },
      ...Object.fromEntries(
        Array.from({ length: 20 }, (_, index) => [`old-${index}`, { exists: 0, starts: -9, ends: -8 }]),
      ),
    });
    const events = watch(client, jobs, { logs: 'live' });
    for (let count = 0; count < 5; count++) await events.next();
    for (let minutes = 0; minutes < 30; minutes++) await clock.sleep(60_000);
    // One stored log after another, and no more than two of them in memory.
    expect(requests.filter(({ what }) => what === 'stored').length).toBeLessThanOrEqual(5);
    expect(connections().open).toBeLessThanOrEqual(1);
    await events.return(undefined);
    expect(connections().open).toBe(0);
  });
});

describe('the end of a stream', () => {
  it.each(
    modes,
  )('by return() is at once, while nothing happens, and closes all connections (logs: %s)', async (logs) => {
    const { client, clock, jobs, connections, requests } = setUp(
      Object.fromEntries(
        Array.from({ length: 20 }, (_, i) => [`job-${i}`, { exists: 0, starts: 0, ends: 1e6, lines: [] }]),
      ),
    );
    const events = watch(client, jobs, { logs });
    for (let count = 0; count < 20; count++) await events.next();
    const pending = events.next();
    pending.catch(() => undefined);
    for (let minutes = 0; minutes < 2; minutes++) await clock.sleep(60_000);
    if (logs === 'live') expect(connections().open).toBeGreaterThan(0);
    const sent = requests.length;
    const time = clock.now();
    expect(await events.return(undefined)).toEqual({ done: true, value: undefined });
    await expect(pending).rejects.toThrow();
    expect(connections().open).toBe(0);
    expect(clock.now()).toBe(time);
    await clock.sleep(3_600_000);
    expect(requests).toHaveLength(sent);
  });

  it.each(modes)('by abort is at once, with the reason (logs: %s)', async (logs) => {
    const { client, clock, jobs, connections, requests } = setUp(
      Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`job-${i}`, { exists: 0, starts: 0, ends: 1e6 }])),
    );
    const stopped = new AbortController();
    const events = watch(client, jobs, { logs, signal: stopped.signal });
    const first = await events.next();
    expect(first.value).toMatchObject({ type: 'status', status: 'RUNNING' });
    await clock.sleep(5000);
    const reason = new Error('enough');
    const pending = story(events);
    stopped.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(connections().open).toBe(0);
    const sent = requests.length;
    await clock.sleep(3_600_000);
    expect(requests).toHaveLength(sent);
  });

  it('closes the connections to a real server', async () => {
    let open = 0;
    const server = createServer((request, response) => {
      if (!request.url!.includes('/logs/stream/')) return void response.end('{"status":"RUNNING"}');
      open++;
      request.socket.once('close', () => open--);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"stream_name":"stdout","data":"working\\n"}\n\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = createClient({ endpoint, token: 'KGAT_test', platform: memoryPlatform() });
    const jobs = ['alice/job-one/1', 'alice/job-two/1'];
    const logs = new Set<string>();
    for await (const event of watch(client, jobs, { logs: 'live' })) {
      if (event.type === 'log') logs.add(event.job);
      if (logs.size === 2) break;
    }
    await expect.poll(() => open).toBe(0);
    server.closeAllConnections();
    server.close();
  });

  it('by an abort before it starts sends nothing', async () => {
    const { client, jobs, requests } = setUp({ 'job-one': {} });
    const reason = new Error('enough');
    await expect(story(watch(client, jobs, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(requests).toEqual([]);
  });

  it('is a ValidationError for a run that is none, before anything is sent', async () => {
    const { client, jobs, requests } = setUp({ 'job-one': {} });
    const wrong = [...jobs, { ref: 'not a kernel', versionNumber: 1 }];
    await expect(story(watch(client, wrong))).rejects.toThrow(ValidationError);
    await expect(watch(client, 'alice/job-one' as never).next()).rejects.toThrow('jobs: expected an array of runs');
    await expect(watch(client, [{ id: 7 }] as never).next()).rejects.toThrow('jobs[0]: expected "owner/slug"');
    await expect(watch(client, jobs, { logs: true as never }).next()).rejects.toThrow('one of live, poll, false');
    expect(requests).toEqual([]);
  });
});
