import { describe, expect, test } from 'vitest';
import { KernelFailedError, PermissionError, ValidationError } from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { attach, logs, remove, start, wait } from '../../src/services/kernels/index.ts';
import { type JobFacts, readJobId, writeJobId } from '../../src/services/kernels/job/id.ts';
import { createEmulator, type Executor, scriptedExecutor } from '../../src/testing/index.ts';
import { createFake, refuse } from './kernels-fake.ts';

const request = { slug: 'alice/my-job-one', newTitle: 'My Job One', text: 'print(1)' };

function setUp(script: Parameters<typeof scriptedExecutor>[0] = () => {}) {
  const executor: Executor = scriptedExecutor(script);
  const emulator = createEmulator({ executor, lag: 0 });
  const connect = (token = 'KGAT_test') => createClient({ token, fetch: emulator.fetch, platform: memoryPlatform() });
  return { emulator, connect, client: connect() };
}

/** A promise, and the function that resolves it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe('a job', () => {
  test('another process attaches by the id, and gets status, log and result', async () => {
    const { open, opened } = gate();
    const printed = gate();
    const { connect } = setUp(async (run) => {
      run.onOutput('stdout', 'first\n');
      printed.open();
      await opened;
      run.onOutput('stdout', 'second\n');
      return { files: [{ name: 'a.csv', data: new TextEncoder().encode('x') }] };
    });
    const { id, ref, versionNumber } = await start(connect(), request);
    expect([ref, versionNumber]).toEqual(['alice/my-job-one', 1]);
    expect(id).toMatch(/^kj1\.alice\.my-job-one\.1\.[\w.-]+$/);
    const job = attach(connect(), id);
    await printed.opened;
    expect(await job.peek()).toMatchObject({ status: 'RUNNING', ended: false, versionNumber: 1 });
    const first = await job.logs();
    expect(first.entries.map(({ data }) => data)).toEqual(['first\n']);
    await expect(job.result()).rejects.toThrow('no result yet: version 1 of alice/my-job-one has not ended (RUNNING)');
    open();
    await expect.poll(async () => (await job.peek()).ended).toBe(true);
    const last = await attach(connect(), id).logs({ cursor: first.cursor });
    expect(last.entries.map(({ data }) => data)).toEqual(['second\n']);
    expect(last).toMatchObject({ more: false, ended: true });
    expect(await job.result()).toEqual({
      status: 'COMPLETE',
      versionNumber: 1,
      files: ['a.csv'],
      logTail: 'first\nsecond',
    });
  });

  test('is canceled by another process', async () => {
    const started = gate();
    const { connect } = setUp(async (run) => {
      run.onOutput('stdout', '##kaggle-ts session=');
      run.onOutput('stdout', `${run.env.KAGGLE_CONTAINER_NAME?.split('-').find((part) => /^\d+$/.test(part))}##\n`);
      started.open();
      await new Promise((_, reject) => run.signal.addEventListener('abort', () => reject(run.signal.reason)));
    });
    const { id } = await start(connect(), request);
    await started.opened;
    const job = attach(connect(), id);
    await job.cancel();
    await expect.poll(async () => (await job.peek()).ended).toBe(true);
    const error = await job.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KernelFailedError);
    expect(error).toMatchObject({ status: 'CANCEL_ACKNOWLEDGED' });
  });

  test('is a run for the other functions', async () => {
    const { client } = setUp((run) => run.onOutput('stdout', 'hello\n'));
    const job = attach(client, (await start(client, request)).id);
    expect(await wait(client, job, { schedule: { first: 0.01 } })).toEqual({ status: 'COMPLETE' });
    expect((await logs(client, job).next()).value).toMatchObject({ data: 'hello\n' });
    expect(JSON.parse(JSON.stringify(job))).toMatchObject({ id: job.id, ref: job.ref, versionNumber: 1 });
  });

  test('that failed has an error with the end of its log as its result', async () => {
    const { client } = setUp(() => {
      throw new Error('out of memory');
    });
    const job = await start(client, request);
    await expect.poll(async () => (await job.peek()).ended).toBe(true);
    const error = await job.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KernelFailedError);
    expect(error).toMatchObject({ status: 'ERROR', logTail: 'out of memory' });
  });

  test('says when it was pushed', async () => {
    const { client } = setUp();
    const before = Date.now();
    const { since } = await attach(client, (await start(client, request)).id).peek();
    expect(since.getTime()).toBeGreaterThan(before - 1000);
    expect(since.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test('starts no version that would not run, and no key without a slug', async () => {
    const { client, emulator } = setUp();
    await expect(start(client, { ...request, kernelExecutionType: 'QUICK_SAVE' })).rejects.toThrow(
      'kernels.start: kernelExecutionType: QUICK_SAVE saves a version without running it; use kernels.push',
    );
    await expect(start(client, { id: 5, text: 'print(1)' }, { key: 'a' })).rejects.toThrow(
      'kernels.start: slug is missing; a key belongs to the slug of a kernel',
    );
    await expect(start(client, request, { key: 'x'.repeat(201) })).rejects.toThrow(
      'kernels.start: key: expected 1 to 200 characters',
    );
    expect(emulator.state.requests).toEqual([]);
  });
});

describe('the id of a job', () => {
  const facts: JobFacts = {
    ref: 'alice/my-job-one',
    versionNumber: 12,
    kernelId: 500,
    pushedAt: Date.UTC(2026, 10, 27),
    key: undefined,
  };
  const id = writeJobId(facts);

  test.each<Partial<JobFacts>>([
    {},
    { key: 'nightly' },
    { key: 'sweep/3 ~ä🎉.%2F' },
    { kernelId: '9223372036854775807', ref: 'A_b-c/x-1' },
    { versionNumber: 123456, pushedAt: 0 },
  ])('holds all facts: %j', (change) => {
    const written = writeJobId({ ...facts, ...change });
    expect(readJobId(written)).toEqual({ ...facts, ...change });
    expect(encodeURIComponent(written)).toBe(written);
  });

  test('is readable', () => {
    expect(id).toMatch(/^kj1\.alice\.my-job-one\.12\.500\.[0-9a-z]+\.\.[0-9a-z]{7}$/);
    expect(readJobId(` ${id}\n`)).toEqual(facts);
  });

  const { client } = setUp();
  test.each([
    ['alice/my-job', 'expected the id of a job from kernels.start, got "alice/my-job"'],
    ['', 'expected the id of a job from kernels.start, got ""'],
    ['kj1.alice', 'expected the id of a job from kernels.start, got "kj1.alice"'],
    [`${id.slice(0, -8)}`, 'expected the id of a job'],
    [id.slice(0, -1), 'expected the id of a job'],
    [id.replace('.12.', '.1.'), 'was truncated or changed; copy it again'],
    [id.replace('alice', 'bob'), 'was truncated or changed; copy it again'],
    [
      id.replace('kj1', 'kj2'),
      'has the format 2, which this version of kaggle-ts does not know; update kaggle-ts, or attach with the version that ' +
        'started the job',
    ],
  ])('is refused if it is none: %j', (text, message) => {
    expect(() => attach(client, text)).toThrow(ValidationError);
    expect(() => attach(client, text)).toThrow(message);
  });

  test.each([[undefined], [5], [facts]])('is a string, not %j', (value) => {
    expect(() => attach(client, value as unknown as string)).toThrow(ValidationError);
  });

  test('is no reference to a run: the error says what to pass', async () => {
    await expect(wait(client, id)).rejects.toThrow(
      /^expected a kernel, got the id of a job \("kj1\.alice.*\); pass kernels\.attach\(client, id\)$/,
    );
  });
});

describe('a job that is out of reach', () => {
  const methods = ['peek', 'logs', 'result', 'cancel'] as const;

  test.each(methods)('of another account: %s names both accounts', async (method) => {
    const { client, connect } = setUp();
    const { id } = await start(client, request);
    const error = await attach(connect('KGAT_bob'), id)
      [method]()
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PermissionError);
    expect((error as Error).message).toBe(
      'cannot access the job version 1 of alice/my-job-one: it belongs to the account "alice", and the credential to "bob"; ' +
        'use a credential of "alice"',
    );
  });

  test.each(['peek', 'logs', 'result'] as const)('of a deleted kernel: %s says so', async (method) => {
    const { client } = setUp();
    const job = await start(client, request);
    await remove(client, job);
    const error = await job[method]().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(PermissionError);
    expect((error as Error).message).toContain(
      'cannot access the job version 1 of alice/my-job-one: Kaggle does not show the version; the kernel was probably deleted',
    );
  });

  test('of a deleted kernel whose name another one has: its result is not that of the other', async () => {
    const { client } = setUp();
    const job = await start(client, request);
    await remove(client, job);
    const other = await start(client, request);
    await expect.poll(async () => (await other.peek()).ended).toBe(true);
    expect(other.versionNumber).toBe(job.versionNumber);
    await expect(job.result()).rejects.toThrow(
      'version 1 of alice/my-job-one no longer exists: the kernel was deleted, and another one has its name now',
    );
    expect((await other.result()).status).toBe('COMPLETE');
  });

  test.each([
    ['long after the push', 3600_000, false],
    ['after it was seen', 0, true],
  ])('of a kernel whose deletion Kaggle answers like a missing run, %s', async (_when, age, seen) => {
    let gone = !seen;
    const { client } = createFake({
      GetKernelSessionStatus: () => (gone ? refuse(404, 'No runs found for this kernel.') : { status: 'RUNNING' }),
      GetKernel: () => refuse(403, "Permission 'kernels.get' was denied"),
      IntrospectToken: () => ({ active: true, username: 'alice' }),
    });
    const job = attach(client, writeJobId({ ...readJobId(id()), pushedAt: Date.now() - age }));
    if (seen) expect((await job.peek()).status).toBe('RUNNING');
    gone = true;
    await expect(job.peek()).rejects.toThrow('the kernel was probably deleted or renamed');
  });

  test('that has just been pushed has no run yet', async () => {
    for (const refusal of ['No runs found for this kernel.', 'Requested entity was not found.']) {
      const { client, called } = createFake({ GetKernelSessionStatus: () => refuse(404, refusal) });
      const job = attach(client, writeJobId({ ...readJobId(id()), pushedAt: Date.now() }));
      expect(await job.peek()).toMatchObject({ status: 'NOT_STARTED', ended: false });
      await expect(job.result()).rejects.toThrow('no result yet: version 3 of alice/my-job-one has no run yet');
      expect(called()).toEqual(['GetKernelSessionStatus', 'GetKernelSessionStatus']);
    }
  });

  const id = () =>
    writeJobId({ ref: 'alice/my-job-one', versionNumber: 3, kernelId: 500, pushedAt: Date.now(), key: undefined });
});
