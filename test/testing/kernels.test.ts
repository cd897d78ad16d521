import { describe, expect, test } from 'vitest';
import { type EmulatorOptions, type Job, scriptedExecutor } from '../../src/testing/index.ts';
import { api, ended, kernelsApi, makeDataset, push, quiet, rpc, status } from './support.ts';

const kernel = { userName: 'alice', kernelSlug: 'first-kernel' };

/** An executor whose runs end when told to. */
function held(): { executor: ReturnType<typeof scriptedExecutor>; jobs: Job[]; end(index: number): void } {
  const jobs: Job[] = [];
  const ends: (() => void)[] = [];
  const executor = scriptedExecutor((job) => {
    jobs.push(job);
    return new Promise((resolve) => {
      ends.push(() => resolve({}));
      job.signal.addEventListener('abort', () => resolve({}));
    });
  });
  return { executor, jobs, end: (index) => ends[index]!() };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test('a pushed kernel is queued, runs, and is complete', async () => {
  const { executor, end } = held();
  const emulator = quiet({ executor });
  const { json } = await push(emulator, '');
  expect(json).toMatchObject({
    ref: '/code/alice/first-kernel',
    versionNumber: 1,
    error: '',
    invalidDatasetSources: [],
  });
  // QUEUED is the zero value, which is left out.
  expect(await status(emulator)).toEqual({});
  await turn();
  expect((await status(emulator)).status).toBe('RUNNING');
  end(0);
  await ended(emulator);
  expect((await status(emulator)).status).toBe('COMPLETE');
});

test('at most `concurrency` runs at a time; a queued run can be canceled and never starts', async () => {
  const { executor, jobs, end } = held();
  const emulator = quiet({ executor, concurrency: 1 });
  for (const text of ['one', 'two', 'three']) await push(emulator, text);
  await turn();
  const { versions } = emulator.state.kernels.get('alice/first-kernel')!;
  expect(versions.map(({ status }) => status)).toEqual(['RUNNING', 'QUEUED', 'QUEUED']);
  await rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId: versions[1]!.sessionId });
  end(0);
  await turn();
  expect(versions.map(({ status }) => status)).toEqual(['COMPLETE', 'CANCEL_ACKNOWLEDGED', 'RUNNING']);
  end(1);
  await ended(emulator);
  expect(jobs.map(({ text }) => text)).toEqual(['one', 'three']);
  const late = await rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId: versions[0]!.sessionId });
  expect(late.json.errorMessage).toBe('the session is not running');
});

test('an executor that does not stop cannot delay the end of a run', async () => {
  const emulator = quiet({ executor: scriptedExecutor(() => new Promise(() => {})) });
  await push(emulator, '', { sessionTimeoutSeconds: 1 });
  expect(await ended(emulator)).toMatchObject({
    status: 'ERROR',
    failureMessage: 'the run exceeded its time limit of 1 s',
  });
});

test.each([
  [{ machineShape: 'NvidiaTeslaT4' }, 'NvidiaTeslaT4'],
  [{ machineShape: 'TpuV5E8' }, 'TpuV5E8'],
  [{ machineShape: 'NvidiaTeslaP100' }, 'NvidiaTeslaT4'],
  [{ machineShape: 'Tpu1VmV38' }, 'TpuV5E8'],
  [{ machineShape: 'TpuV232' }, ''],
  [{ machineShape: 'Nonsense' }, ''],
  [{ enableGpu: true }, 'Gpu'],
  [{ enableTpu: true }, 'Tpu'],
  [{}, ''],
])('of %j the machine %j is recorded: retired shapes are replaced, unknown ones ignored', async (flags, shape) => {
  const emulator = quiet();
  await push(emulator, '', flags);
  const { json } = await rpc(emulator, `${kernelsApi}/GetKernel`, kernel);
  expect(json.metadata.machineShape).toBe(shape);
  expect(json.metadata.enableGpu).toBe('enableGpu' in flags);
});

describe('the slots and the time of an account', () => {
  const saturday = Date.UTC(2026, 8, 5);
  const hour = 3_600_000;

  /** An emulator with a clock of its own, whose runs end when told to. */
  function setUp(user: object = {}, options: EmulatorOptions = {}) {
    let time = saturday + hour;
    const runs = held();
    const users = [{ username: 'alice', userId: 7, token: 'KGAT_test', ...user }];
    const emulator = quiet({ executor: runs.executor, concurrency: 99, now: () => time, users, ...options });
    const save = async (name: string, more: object = {}) => {
      const request = { slug: `alice/${name}`, newTitle: name, text: '', kernelType: 'script', ...more };
      const { json } = await rpc(emulator, `${kernelsApi}/SaveKernel`, request);
      await turn();
      return json;
    };
    const quota = async () => (await rpc(emulator, `${kernelsApi}/GetAcceleratorQuotaStatistics`)).json;
    const pass = (hours: number) => {
      time += hours * hour;
    };
    return { emulator, ...runs, save, quota, pass };
  }
  const gpu = { machineShape: 'NvidiaTeslaT4' };

  test('two sessions with a GPU, five without: others are refused inside of a 200, and nothing is made', async () => {
    const { emulator, save, end } = setUp();
    for (const name of ['gpu-one', 'gpu-two']) expect((await save(name, gpu)).error).toBe('');
    expect(await save('gpu-three', gpu)).toEqual({
      error: 'Maximum batch GPU session count of 2 reached.',
      ref: '',
      url: '',
      versionNumber: 0,
    });
    for (let index = 0; index < 5; index++) expect((await save(`cpu-number-${index}`)).error).toBe('');
    expect((await save('cpu-number-6')).error).toBe('Maximum batch CPU session count of 5 reached.');
    expect(emulator.state.kernels.size).toBe(7);
    end(0);
    await turn();
    expect((await save('gpu-three', gpu)).error).toBe('');
  });

  test('an account can have other numbers of sessions', async () => {
    const { save, end } = setUp({ cpuSessions: 2, gpuSessions: 0 });
    for (const name of ['cpu-one', 'cpu-two']) expect((await save(name)).error).toBe('');
    expect((await save('cpu-three')).error).toBe('Maximum batch CPU session count of 2 reached.');
    expect((await save('gpu-one', gpu)).error).toBe('Maximum batch GPU session count of 0 reached.');
    end(0);
    await turn();
    expect((await save('cpu-three')).error).toBe('');
  });

  test('a canceled run counts as a session for a while longer, with the option slotLag', async () => {
    const { emulator, save, pass } = setUp({ cpuSessions: 1 }, { slotLag: hour });
    await save('cpu-one');
    const { sessionId } = emulator.state.kernels.get('alice/cpu-one')!.versions[0]!;
    await rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId: sessionId });
    await expect.poll(async () => (await save('cpu-two')).error).toContain('session count of 1');
    pass(0.9);
    expect((await save('cpu-two')).error).toContain('session count of 1');
    pass(0.2);
    expect((await save('cpu-two')).error).toBe('');
  });

  test('a push without a free session saves a version that never runs, with the option savesWithoutSlot', async () => {
    const { emulator, save, end } = setUp({ cpuSessions: 1 }, { savesWithoutSlot: true });
    await save('cpu-one');
    expect(await save('cpu-one')).toMatchObject({ error: expect.stringContaining('count of 1'), versionNumber: 0 });
    end(0);
    await turn();
    const second = { userName: 'alice', kernelSlug: 'cpu-one', versionLabel: 'v2' };
    expect(await rpc(emulator, `${kernelsApi}/GetKernelSessionStatus`, second)).toMatchObject({
      status: 404,
      json: { error: { message: 'No runs found for this kernel.' } },
    });
    expect(await save('cpu-one')).toMatchObject({ error: '', versionNumber: 3 });
  });

  test('pushing while a version runs starts a second session', async () => {
    const { save, jobs } = setUp();
    await save('gpu-one', gpu);
    await save('gpu-one', gpu);
    expect(jobs).toHaveLength(2);
    expect((await save('gpu-one', gpu)).error).toContain('session count of 2');
  });

  test('running sessions count as reserved time, and used when they have ended', async () => {
    const { save, quota, end, pass } = setUp();
    await save('gpu-one', gpu);
    pass(10);
    expect((await quota()).gpuQuota).toMatchObject({
      timeUsed: '0s',
      timeReserved: '36000s',
      totalTimeAllowed: '108000s',
    });
    end(0);
    await turn();
    expect((await quota()).gpuQuota).toMatchObject({ timeUsed: '36000s', timeReserved: '0s' });
    expect((await quota()).tpuQuota).toMatchObject({ timeUsed: '0s', totalTimeAllowed: '72000s' });
  });

  test("after the week's hours a push is refused, until Saturday, 00:00 UTC", async () => {
    const { save, quota, end, pass } = setUp();
    await save('gpu-one', gpu);
    pass(30);
    end(0);
    await turn();
    expect((await save('gpu-two', gpu)).error).toBe('Maximum weekly GPU quota of 30.00 hours reached.');
    expect((await save('cpu-only')).error).toBe('');
    expect((await quota()).quotaRefreshTime).toBe('2026-09-12T00:00:00.000Z');
    pass(7 * 24);
    expect((await save('gpu-two', gpu)).error).toBe('');
  });

  test('deleting a kernel stops it, and its time counts no more', async () => {
    const { emulator, save, quota, jobs, pass } = setUp();
    await save('gpu-one', gpu);
    pass(5);
    await rpc(emulator, `${kernelsApi}/DeleteKernel`, { userName: 'alice', kernelSlug: 'gpu-one' });
    expect(jobs[0]!.signal.aborted).toBe(true);
    expect((await quota()).gpuQuota).toMatchObject({ timeUsed: '0s', timeReserved: '0s' });
  });

  test('the option says what is left of this week', async () => {
    const { save, quota } = setUp({ gpuSecondsLeft: 0, tpuSecondsLeft: 100 });
    expect((await save('gpu-one', gpu)).error).toContain('weekly GPU quota');
    expect((await save('tpu-one', { machineShape: 'TpuV5E8' })).error).toBe('');
    expect((await quota()).tpuQuota).toMatchObject({ timeUsed: '71900s' });
  });

  test('without a verified phone there is no accelerator and no internet', async () => {
    const { emulator, save } = setUp({ phoneVerified: false });
    expect((await save('gpu-one', gpu)).error).toContain('verified by phone');
    expect((await save('net-one', { enableInternet: true })).error).toMatchObject({
      code: 403,
      message: "Permission 'kernelSessions.enableInternet' was denied",
    });
    expect(emulator.state.kernels.size).toBe(0);
    expect((await save('cpu-only')).error).toBe('');
  });
});

test('missing sources are named; the kernel is saved all the same', async () => {
  const emulator = quiet();
  await makeDataset(emulator, { 'a.txt': '1' });
  const { json } = await push(emulator, '', {
    datasetDataSources: ['alice/my-data', 'alice/none', 'noslash'],
    kernelDataSources: ['bob/none'],
  });
  expect(json).toMatchObject({ versionNumber: 1, invalidDatasetSources: ['alice/none', 'noslash'] });
  expect(json.invalidKernelSources).toEqual(['bob/none']);
});

test.each([
  ['Été  & more!', 'ete-more'],
  ['TITAN motor v2 GPU shard 0/4', 'titan-motor-v2-gpu-shard-0-4'],
  ['v0.1.0_testing', 'v0-1-0-testing'],
])('the slug of a new kernel is that of its title, whatever slug is asked for: %s', async (newTitle, slug) => {
  const emulator = quiet();
  const { json } = await push(emulator, '', { slug: 'alice/other-name', newTitle });
  expect(json.ref).toBe(`/code/alice/${slug}`);
  const asked = { userName: 'alice', kernelSlug: 'other-name' };
  expect((await rpc(emulator, `${kernelsApi}/GetKernel`, asked)).status).toBe(403);
});

describe('SaveKernel refuses', () => {
  const other = { slug: 'alice/second-kernel', newTitle: 'Second kernel' };

  test('a title that another kernel of the account has: 409', async () => {
    const emulator = quiet();
    await push(emulator, '');
    await push(emulator, '', other);
    const conflict = { error: { code: 409, message: 'Requested entity already exists', status: 'ALREADY_EXISTS' } };
    for (const more of [{ slug: 'alice/third-kernel' }, { ...other, newTitle: 'first KERNEL' }]) {
      const { status, json } = await push(emulator, '', more);
      expect([status, json]).toEqual([409, conflict]);
    }
    expect((await push(emulator, '', { ...other, newTitle: 'A new name' })).status).toBe(200);
  });

  test('another type of editor', async () => {
    const emulator = quiet();
    await push(emulator, '');
    const { json } = await push(emulator, '{"cells": []}', { kernelType: 'notebook' });
    expect(json).toMatchObject({ error: 'You cannot change the editor type', versionNumber: 0 });
  });

  test.each([
    ["somebody else's", { slug: 'bob/first-kernel' }],
    ['an id that is not there', { id: 99, slug: undefined }],
  ])('%s: "Kernel not found", inside of a 200', async (_what, more) => {
    const { status, json } = await push(quiet(), '', more);
    expect([status, json.error]).toEqual([200, 'Kernel not found']);
  });

  test('a large source, by a bare 400', async () => {
    const { status, json } = await push(quiet(), 'x'.repeat(1_800_000));
    expect([status, json]).toEqual([400, undefined]);
    expect((await push(quiet(), 'x'.repeat(1_250_000))).status).toBe(200);
  });
});

test('user names are case-insensitive in requests', async () => {
  const users = [{ username: 'Alice', userId: 7, token: 'KGAT_test' }];
  const emulator = quiet({ users });
  expect((await push(emulator, '')).json.ref).toBe('/code/Alice/first-kernel');
  expect((await rpc(emulator, `${kernelsApi}/GetKernel`, kernel)).status).toBe(200);
});

describe('the versions of a kernel', () => {
  /** A kernel with a version that has run, and one that was just pushed. */
  const setUp = async () => {
    let time = 1_000_000;
    const emulator = quiet({
      lag: 500,
      now: () => time,
      executor: scriptedExecutor(({ onOutput, text }) => onOutput('stdout', text)),
    });
    const pass = async (ms: number) => {
      time += ms;
      await expect
        .poll(() => emulator.state.kernels.get('alice/first-kernel')!.versions.at(-1)!.status)
        .toBe('COMPLETE');
    };
    await push(emulator, 'old');
    await pass(1000);
    await push(emulator, 'new');
    const ask = async (method: string, versionLabel?: string) =>
      rpc(emulator, `${kernelsApi}/${method}`, { ...kernel, ...(versionLabel && { versionLabel }) });
    return { emulator, pass, ask };
  };
  const noRun = { error: { code: 404, message: 'No runs found for this kernel.', status: 'NOT_FOUND' } };

  test('there is no run for some time after a push: 404, and the run before where no version is named', async () => {
    const { ask, pass } = await setUp();
    for (const method of ['GetKernelSessionStatus', 'ListKernelSessionOutput', 'ListKernelFiles']) {
      const { status, json } = await ask(method, 'v2');
      expect([status, json]).toEqual([404, noRun]);
    }
    expect((await ask('GetKernelSessionStatus')).json.status).toBe('COMPLETE');
    expect((await ask('ListKernelSessionOutput')).json.log).toContain('old');
    expect((await ask('GetKernel')).json.metadata.currentVersionNumber).toBe(2);
    await pass(500);
    expect((await ask('GetKernelSessionStatus', 'v2')).json.status).toBe('COMPLETE');
    expect((await ask('ListKernelSessionOutput')).json.log).toContain('new');
  });

  test('of a first version there is none at all', async () => {
    const emulator = quiet({ lag: 60_000 });
    await push(emulator, '');
    const { status, json } = await rpc(emulator, `${kernelsApi}/GetKernelSessionStatus`, kernel);
    expect([status, json]).toEqual([404, noRun]);
    await emulator.close();
  });

  test('are named vN and nothing else, old ones too', async () => {
    const { ask, pass } = await setUp();
    await pass(500);
    for (const method of ['GetKernel', 'GetKernelSessionStatus', 'ListKernelSessionOutput', 'ListKernelFiles']) {
      expect((await ask(method, 'v1')).status).toBe(200);
      for (const label of ['1', 'V1', 'v3', 'v0', 'v01', 'x']) expect((await ask(method, label)).status).toBe(404);
    }
    expect((await ask('GetKernel', 'v1')).json.blob.source).toBe('old');
    expect((await ask('ListKernelSessionOutput', 'v1')).json.log).toContain('old');
    const inSlug = await rpc((await setUp()).emulator, `${kernelsApi}/GetKernel`, {
      ...kernel,
      kernelSlug: 'first-kernel/1',
    });
    expect(inSlug.status).toBe(403);
  });

  test('name the live log by a query', async () => {
    const { emulator, pass } = await setUp();
    await pass(500);
    const log = (query: string) =>
      emulator.fetch(
        new Request(`${api}/kernels/logs/stream/alice/first-kernel${query}`, {
          headers: { authorization: 'Bearer KGAT_test' },
        }),
      );
    expect(await (await log('?versionLabel=v1')).text()).toContain('old');
    expect(await (await log('')).text()).toContain('new');
    for (const query of ['?versionLabel=1', '/v1', '/1']) expect((await log(query)).status).toBe(404);
  });

  test('that are only saved have no run', async () => {
    const jobs: Job[] = [];
    const emulator = quiet({ executor: scriptedExecutor((job) => void jobs.push(job)) });
    expect((await push(emulator, '', { kernelExecutionType: 'QUICK_SAVE' })).json.versionNumber).toBe(1);
    await turn();
    expect(jobs).toEqual([]);
    expect((await rpc(emulator, `${kernelsApi}/GetKernelSessionStatus`, kernel)).status).toBe(404);
  });
});

test('a kernel uses the versions of its datasets that are ready when it is pushed', async () => {
  let time = 1000;
  const jobs: Job[] = [];
  const emulator = quiet({
    processing: 500,
    now: () => time,
    executor: scriptedExecutor((job) => void jobs.push(job)),
  });
  await makeDataset(emulator, { 'a.txt': '1' });
  const files = async () => {
    await push(emulator, '', { datasetDataSources: ['alice/my-data'] });
    await expect.poll(() => emulator.state.kernels.get('alice/first-kernel')!.versions.at(-1)!.status).toBe('COMPLETE');
    return jobs.at(-1)!.inputs.map(({ mount, files }) => [mount, ...files.map(({ name }) => name)]);
  };
  expect(await files()).toEqual([]);
  time += 1000;
  expect(await files()).toEqual([['datasets/alice/my-data', 'a.txt']]);
  await makeDataset(emulator, { 'b.txt': '2' });
  expect(await files()).toEqual([['datasets/alice/my-data', 'a.txt']]);
  time += 1000;
  expect(await files()).toEqual([['datasets/alice/my-data', 'b.txt']]);
});

test.each([
  ['owner', ['datasets/alice/my-data', 'notebooks/alice/first-kernel']],
  ['legacy', ['my-data', 'first-kernel']],
  ['both', ['datasets/alice/my-data', 'my-data', 'notebooks/alice/first-kernel', 'first-kernel']],
] as const)('inputs are mounted as the option says: %s', async (mounts, paths) => {
  const jobs: Job[] = [];
  const emulator = quiet({ mounts, executor: scriptedExecutor((job) => void jobs.push(job)) });
  await makeDataset(emulator, { 'a.txt': '1' });
  await push(emulator, '');
  await ended(emulator);
  const sources = { datasetDataSources: ['alice/my-data'], kernelDataSources: ['alice/first-kernel'] };
  await push(emulator, '', { ...sources, slug: 'alice/second-kernel', newTitle: 'Second kernel' });
  await ended(emulator, 'second-kernel');
  expect(jobs.at(-1)!.inputs.map(({ mount }) => mount)).toEqual(paths);
});

test('no response contains the session ID, and cancelling wants it, of the account that started it', async () => {
  const { executor } = held();
  const emulator = quiet({ executor });
  await push(emulator, '', { isPrivate: false });
  await turn();
  const version = emulator.state.kernels.get('alice/first-kernel')!.versions[0]!;
  const asked = [
    [`${kernelsApi}/GetKernel`, kernel],
    [`${kernelsApi}/GetKernelSessionStatus`, kernel],
    [`${kernelsApi}/ListKernels`, {}],
    ['search.SearchApiService/ListEntities', { filters: { query: 'first', documentTypes: ['KERNEL'] } }],
  ] as const;
  for (const [method, body] of asked) {
    expect(JSON.stringify((await rpc(emulator, method, body)).json)).not.toContain(String(version.sessionId));
  }
  const cancel = (kernelSessionId: number, token?: string) =>
    rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId }, token);
  for (const answer of [await cancel(1), await cancel(version.sessionId, 'KGAT_bob')]) {
    expect(answer.json.error).toMatchObject({ code: 403, message: "Permission 'kernelSessions.cancel' was denied" });
  }
  expect((await cancel(version.sessionId)).status).toBe(200);
  await ended(emulator);
  expect((await status(emulator)).status).toBe('CANCEL_ACKNOWLEDGED');
});

test('private kernels, logs and sessions are denied to others, in the same way as missing ones', async () => {
  const emulator = quiet();
  await push(emulator, '');
  const { sessionId } = emulator.state.kernels.get('alice/first-kernel')!.versions[0]!;
  for (const token of ['KGAT_bob', '']) {
    expect((await rpc(emulator, `${kernelsApi}/GetKernelSessionStatus`, kernel, token)).status).toBe(403);
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    const log = await emulator.fetch(new Request(`${api}/kernels/logs/stream/alice/first-kernel`, { headers }));
    expect(log.status).toBe(403);
  }
  const cancel = await rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId: sessionId }, 'KGAT_bob');
  expect(cancel.status).toBe(403);
  expect((await rpc(emulator, `${kernelsApi}/GetKernel`, { userName: 'bob', kernelSlug: 'nothing' })).status).toBe(403);
  await push(emulator, '', { isPrivate: false });
  expect((await rpc(emulator, `${kernelsApi}/GetKernelSessionStatus`, kernel, 'KGAT_bob')).status).toBe(200);
});

describe('the log stream', () => {
  const open = (emulator: ReturnType<typeof quiet>, accept: string) =>
    emulator.fetch(
      new Request(`${api}/kernels/logs/stream/alice/first-kernel`, {
        headers: { authorization: 'Bearer KGAT_test', accept },
      }),
    );
  const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('data: '));

  test('comes line by line, is repeated from the start on reconnect, and ends with END_OF_LOG', async () => {
    let job: Job | undefined;
    let end = () => {};
    const executor = scriptedExecutor((given) => {
      job = given;
      given.onOutput('stdout', 'one\n');
      return new Promise<void>((resolve) => {
        end = resolve;
      });
    });
    const emulator = quiet({ executor });
    await push(emulator, '');
    const first = (await open(emulator, 'text/event-stream')).body!.getReader();
    let seen = '';
    while (!seen.includes('one')) seen += new TextDecoder().decode((await first.read()).value);
    expect(JSON.parse(lines(seen)[0]!.slice(6))).toMatchObject({ stream_name: 'stdout', data: 'one\n' });
    await first.cancel();
    expect(emulator.state.kernels.get('alice/first-kernel')!.versions[0]!.listeners.size).toBe(0);
    const again = await open(emulator, 'text/event-stream');
    expect(again.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    job!.onOutput('stderr', 'two\n');
    end();
    const all = lines(await again.text());
    expect(all.slice(0, 2).map((line) => JSON.parse(line.slice(6)).data)).toEqual(['one\n', 'two\n']);
    expect(all[2]).toBe('data: END_OF_LOG');
    expect(all).toHaveLength(3);
  });

  test('is a JSON array when the run has ended', async () => {
    const emulator = quiet({ executor: scriptedExecutor(({ onOutput }) => onOutput('stdout', 'one\n')) });
    await push(emulator, '');
    await ended(emulator);
    const answer = await open(emulator, 'text/event-stream, */*');
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject([{ stream_name: 'stdout', data: 'one\n' }]);
  });

  test('is there by the method too', async () => {
    const { executor, jobs, end } = held();
    const emulator = quiet({ executor });
    await push(emulator, '');
    await turn();
    jobs[0]!.onOutput('stdout', 'one\n');
    const answer = await emulator.fetch(
      new Request(`${api}/${kernelsApi}/GetKernelSessionLogsStream`, {
        method: 'POST',
        headers: { authorization: 'Bearer KGAT_test', 'content-type': 'application/json' },
        body: JSON.stringify({ ...kernel, versionLabel: 'v1', waitForLogsUrlSeconds: 60 }),
      }),
    );
    end(0);
    expect(await answer.text()).toContain('END_OF_LOG');
  });
});

test('output comes in pages, file by file or as one zip', async () => {
  const names = Array.from({ length: 25 }, (_, index) => `f${String(index).padStart(2, '0')}.txt`);
  const files = names.map((name) => ({ name, data: new TextEncoder().encode(name) }));
  const emulator = quiet({ executor: scriptedExecutor(() => ({ files })) });
  await push(emulator, '');
  await ended(emulator);
  const list = async (pageToken: string) =>
    (await rpc(emulator, `${kernelsApi}/ListKernelSessionOutput`, { ...kernel, pageSize: 20, pageToken })).json;
  const first = await list('');
  const second = await list(first.nextPageToken);
  expect([...first.files, ...second.files].map(({ fileName }) => fileName)).toEqual(names);
  expect(second.nextPageToken).toBeUndefined();
  const request = { ownerSlug: 'alice', kernelSlug: 'first-kernel', versionNumber: 1 };
  const one = await rpc(emulator, `${kernelsApi}/DownloadKernelOutput`, { ...request, filePath: 'f07.txt' });
  expect(one.status).toBe(302);
  expect(await (await emulator.fetch(new Request(one.headers.get('location')!))).text()).toBe('f07.txt');
  const all = await rpc(emulator, `${kernelsApi}/DownloadKernelOutput`, request);
  const archive = new Uint8Array(await (await emulator.fetch(new Request(all.headers.get('location')!))).arrayBuffer());
  expect([...archive.slice(0, 4)]).toEqual([0x50, 0x4b, 3, 4]);
});

test('nothing is listed before a run has ended, and no more than 500 files a page', async () => {
  const { executor, jobs, end } = held();
  const emulator = quiet({ executor });
  await push(emulator, '');
  await turn();
  jobs[0]!.onOutput('stdout', 'one\n');
  const list = (more: object = {}) => rpc(emulator, `${kernelsApi}/ListKernelSessionOutput`, { ...kernel, ...more });
  expect((await list()).json).toEqual({ files: [], log: '' });
  end(0);
  await ended(emulator);
  expect((await list({ pageSize: 500 })).json.log).toContain('one');
  expect((await list({ pageSize: 501 })).status).toBe(400);
});

test('the URL of an output has its secret in the path, and the name as it is', async () => {
  const files = [{ name: 'a folder/é #1.txt', data: new TextEncoder().encode('x') }];
  const emulator = quiet({ executor: scriptedExecutor(() => ({ files })) });
  await push(emulator, '');
  await ended(emulator);
  const { json } = await rpc(emulator, `${kernelsApi}/ListKernelSessionOutput`, kernel);
  const { url } = json.files[0];
  expect(url).toMatch(/\/kf\/\d+\/eyJ[\w.-]+\/a folder\/é #1\.txt$/);
  expect(await (await emulator.fetch(new Request(url))).text()).toBe('x');
  const wrong = await emulator.fetch(new Request(url.replace('eyJ', 'eyX')));
  expect([wrong.status, await wrong.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
});

test('the oldest download URLs are dropped when there are very many', async () => {
  const files = [{ name: 'a.txt', data: new TextEncoder().encode('x') }];
  const emulator = quiet({ executor: scriptedExecutor(() => ({ files })) });
  await push(emulator, '');
  await ended(emulator);
  const list = async () => (await rpc(emulator, `${kernelsApi}/ListKernelSessionOutput`, kernel)).json.files[0].url;
  const oldest = await list();
  const { links } = emulator.state;
  const [link] = links.values();
  for (let n = links.size; n < 2 ** 18; n++) links.set(`${n}`, link!);
  const newest = await list();
  expect(links.size).toBe(2 ** 18);
  const open = async (url: string) => (await emulator.fetch(new Request(url))).status;
  expect([await open(oldest), await open(newest)]).toEqual([403, 200]);
});

test('the archive of an output is that of the version asked for, and of a run that has ended', async () => {
  let count = 0;
  const run = () => ({ files: [{ name: `from-${++count}.txt`, data: new TextEncoder().encode(String(count)) }] });
  const emulator = quiet({ executor: scriptedExecutor(run) });
  const archive = async (versionNumber?: number) => {
    const request = { ownerSlug: 'alice', kernelSlug: 'first-kernel', versionNumber };
    const { headers } = await rpc(emulator, `${kernelsApi}/DownloadKernelOutput`, request);
    return (await emulator.fetch(new Request(headers.get('location')!))).text();
  };
  await push(emulator, '');
  await ended(emulator);
  await push(emulator, '', { slug: 'alice/first-kernel' });
  await ended(emulator);
  expect(await archive(1)).toContain('from-1.txt');
  expect(await archive(2)).toContain('from-2.txt');
  expect(await archive()).toContain('from-2.txt');
});

test('reset drops everything, ends runs and log streams, and repeats random values', async () => {
  const { executor, jobs } = held();
  const emulator = quiet({ executor, faults: [{ kind: 'status', match: { method: 'Hello' } }] });
  emulator.faults.add({ kind: 'status', match: { method: 'ListKernels' } });
  const start = async () =>
    (await rpc(emulator, 'blobs.BlobApiService/StartBlobUpload', { type: 'DATASET', name: 'a', contentLength: 1 })).json
      .token;
  const token = await start();
  await push(emulator, '');
  await turn();
  const log = await emulator.fetch(
    new Request(`${api}/kernels/logs/stream/alice/first-kernel`, {
      headers: { authorization: 'Bearer KGAT_test', accept: 'text/event-stream' },
    }),
  );
  await emulator.reset();
  expect(await log.text()).toContain('END_OF_LOG');
  expect(jobs[0]!.signal.aborted).toBe(true);
  const { kernels, datasets, uploads, links, requests } = emulator.state;
  expect([kernels.size, datasets.size, uploads.size, links.size, requests.length]).toEqual([0, 0, 0, 0, 0]);
  expect(emulator.faults.pending.map(({ match }) => match?.method)).toEqual(['Hello']);
  expect(await start()).toBe(token);
});

test('the number of recorded requests is limited', async () => {
  const emulator = quiet({ recorded: 3 });
  for (let index = 0; index < 5; index++) await rpc(emulator, `${kernelsApi}/ListKernels`, { page: index });
  expect(emulator.state.requests.map(({ body }) => (body as { page: number }).page)).toEqual([2, 3, 4]);
});
