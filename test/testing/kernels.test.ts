import { describe, expect, test } from 'vitest';
import { type Job, scriptedExecutor } from '../../src/testing/index.ts';
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
  expect((await status(emulator)).status).toBe('QUEUED');
  await turn();
  expect((await status(emulator)).status).toBe('RUNNING');
  end(0);
  await ended(emulator);
  expect((await status(emulator)).status).toBe('COMPLETE');
});

test('no more runs at once than `concurrency`; a queued one can be cancelled and never starts', async () => {
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
  expect(late.json.errorMessage).toBe('The session is not running');
});

test('an executor that does not stop cannot hold up the end of a run', { timeout: 10_000 }, async () => {
  const emulator = quiet({ executor: scriptedExecutor(() => new Promise(() => {})) });
  await push(emulator, '', { sessionTimeoutSeconds: 1 });
  expect(await ended(emulator)).toMatchObject({ status: 'ERROR', failureMessage: 'the run took longer than 1 s' });
});

test.each([
  [{ enableGpu: true }, 'GPU'],
  [{ enableTpu: true }, 'TPU'],
  [{ enableGpu: true, machineShape: 'NvidiaTeslaT4' }, 'NvidiaTeslaT4'],
  [{}, undefined],
])('the accelerator of %j is recorded as %s', async (flags, accelerator) => {
  const emulator = quiet();
  await push(emulator, '', flags);
  expect(emulator.state.kernels.get('alice/first-kernel')!.versions[0]!.accelerator).toBe(accelerator);
  const { json } = await rpc(emulator, `${kernelsApi}/GetKernel`, kernel);
  expect(json.metadata.machineShape).toBe(accelerator);
  expect(json.metadata.enableGpu).toBe('enableGpu' in flags);
});

test('without a verified phone, or with the quota used up, an accelerator is refused in words and nothing is made', async () => {
  const users = [
    { username: 'carol', userId: 1, token: 'KGAT_carol', phoneVerified: false },
    { username: 'dave', userId: 2, token: 'KGAT_dave', gpuSecondsLeft: 0 },
  ];
  const emulator = quiet({ users });
  const save = (name: string, more: object) =>
    rpc(emulator, `${kernelsApi}/SaveKernel`, { newTitle: 'A kernel', text: '', ...more }, `KGAT_${name}`);
  expect((await save('carol', { enableGpu: true })).json.error).toContain('verified by phone');
  expect((await save('dave', { enableGpu: true })).json.error).toContain('quota is used up');
  expect(emulator.state.kernels.size).toBe(0);
  expect((await save('dave', { enableTpu: true })).json.error).toBe('');
  expect((await save('carol', {})).json.error).toBe('');
  const quota = await rpc(emulator, `${kernelsApi}/GetAcceleratorQuotaStatistics`, {}, 'KGAT_dave');
  expect(quota.json.gpuQuota).toMatchObject({ timeUsed: '108000s', totalTimeAllowed: '108000s' });
});

test('sources that are not there are named; the kernel is saved all the same', async () => {
  const emulator = quiet();
  await makeDataset(emulator, { 'a.txt': '1' });
  const { json } = await push(emulator, '', {
    datasetDataSources: ['alice/my-data', 'alice/none', 'noslash'],
    kernelDataSources: ['bob/none'],
  });
  expect(json).toMatchObject({ versionNumber: 1, invalidDatasetSources: ['alice/none', 'noslash'] });
  expect(json.invalidKernelSources).toEqual(['bob/none']);
});

test('the slug of a new kernel is that of its title', async () => {
  const emulator = quiet();
  const { json } = await push(emulator, '', { slug: 'alice/other-name', newTitle: 'Été  & more!' });
  expect(json.ref).toBe('/code/alice/ete-more');
});

describe('lag', () => {
  const setup = async () => {
    let time = 1_000_000;
    const emulator = quiet({
      lag: 500,
      now: () => time,
      executor: scriptedExecutor(({ onOutput, text }) => onOutput('stdout', text)),
    });
    await push(emulator, 'old');
    await ended(emulator);
    time += 1000;
    return {
      emulator,
      pass: (ms: number) => {
        time += ms;
      },
    };
  };

  test('right after a push the run before is shown, by status, version and output', async () => {
    const { emulator, pass } = await setup();
    await push(emulator, 'new', { slug: 'alice/first-kernel' });
    expect(await status(emulator)).toMatchObject({ status: 'COMPLETE' });
    const metadata = async () => (await rpc(emulator, `${kernelsApi}/GetKernel`, kernel)).json.metadata;
    expect((await metadata()).currentVersionNumber).toBe(1);
    await ended(emulator);
    const log = async () => (await rpc(emulator, `${kernelsApi}/ListKernelSessionOutput`, kernel)).json.log;
    expect(await log()).toContain('old');
    pass(500);
    expect((await metadata()).currentVersionNumber).toBe(2);
    expect(await log()).toContain('new');
  });

  test.each([
    ['accept', 200, 'QUEUED'],
    ['ignore', 200, 'COMPLETE'],
    ['refuse', 400, undefined],
  ] as const)('versionLabel: %s', async (versionLabel, code, shown) => {
    const { emulator } = await setup();
    emulator.options.versionLabel = versionLabel;
    await push(emulator, 'new');
    const request = { ...kernel, versionLabel: '2' };
    const answer = await rpc(emulator, `${kernelsApi}/GetKernelSessionStatus`, request);
    expect([answer.status, answer.json.status]).toEqual([code, shown]);
  });

  test('a label that is no version is not found', async () => {
    const { emulator } = await setup();
    expect((await rpc(emulator, `${kernelsApi}/GetKernelSessionStatus`, { ...kernel, versionLabel: '9' })).status).toBe(
      404,
    );
  });
});

test('search shows the session id only when asked to', async () => {
  const search = async (revealSessionId: boolean) => {
    const emulator = quiet({ revealSessionId });
    await push(emulator, '');
    const filters = { query: 'first', documentTypes: ['KERNEL'] };
    const { json } = await rpc(emulator, 'search.SearchApiService/ListEntities', { filters });
    const wanted = emulator.state.kernels.get('alice/first-kernel')!.versions[0]!.sessionId;
    return json.documents[0].kernelDocument.sessionId === wanted;
  };
  expect(await search(true)).toBe(true);
  expect(await search(false)).toBe(false);
});

test('what is private is denied to others: kernel, log, session; and a kernel that is not there is denied alike', async () => {
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
  expect((await push(emulator, '', { slug: 'bob/first-kernel' })).status).toBe(403);
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

  test('comes line by line, is told again from the start to who connects again, and ends with END_OF_LOG', async () => {
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

  test('is a JSON array of the lines so far for who takes no events', async () => {
    const emulator = quiet({ executor: scriptedExecutor(({ onOutput }) => onOutput('stdout', 'one\n')) });
    await push(emulator, '');
    await ended(emulator);
    const answer = await open(emulator, 'application/json');
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject([{ stream_name: 'stdout', data: 'one\n' }]);
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
  expect(await archive()).not.toContain('from-');
  await ended(emulator);
  await push(emulator, '', { slug: 'alice/first-kernel' });
  await ended(emulator);
  expect(await archive(1)).toContain('from-1.txt');
  expect(await archive(2)).toContain('from-2.txt');
  expect(await archive()).toContain('from-2.txt');
});

test('reset forgets everything, ends what runs and what is followed, and repeats its random values', async () => {
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

test('the requests that are remembered are bounded', async () => {
  const emulator = quiet({ recorded: 3 });
  for (let index = 0; index < 5; index++) await rpc(emulator, `${kernelsApi}/ListKernels`, { page: index });
  expect(emulator.state.requests.map(({ body }) => (body as { page: number }).page)).toEqual([2, 3, 4]);
});
