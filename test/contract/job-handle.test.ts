import { describe, expect, test } from 'vitest';
import { KernelFailedError, ValidationError } from '../../src/core/errors.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { attach, start } from '../../src/services/kernels/index.ts';
import { createEmulator, type Executor, scriptedExecutor } from '../../src/testing/index.ts';

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
    while (!(await job.peek()).ended) await new Promise((resolve) => setTimeout(resolve, 1));
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
    while (!(await job.peek()).ended) await new Promise((resolve) => setTimeout(resolve, 1));
    const error = await job.result().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KernelFailedError);
    expect(error).toMatchObject({ status: 'CANCEL_ACKNOWLEDGED' });
  });

  test('what is no id is refused', () => {
    const { client } = setUp();
    expect(() => attach(client, 'alice/my-job')).toThrow(ValidationError);
    expect(() => attach(client, 'alice/my-job')).toThrow(
      'kernels.attach: id: expected the id of a job from kernels.start, got "alice/my-job"',
    );
  });
});
