import { expect, test } from 'vitest';
import { type EmulatorOptions, type KernelFixture, scriptedExecutor } from '../../src/testing/index.ts';
import { scratch } from './scratch.ts';
import { ended, kernelsApi, quiet, rpc } from './support.ts';

/** Wednesday. */
const now = Date.parse('2026-11-25T12:00:00Z');
const hour = 3_600_000;

/** An emulator with one kernel, alice/my-sweep, and questions about it. */
function withKernel(kernel: Partial<KernelFixture>, options: EmulatorOptions = {}) {
  const fixture = { owner: 'alice', slug: 'my-sweep', text: 'train()', ...kernel };
  const emulator = quiet({ now: () => now, fixtures: { kernels: [fixture] }, ...options });
  const ask = async (method: string, more: object = {}) =>
    (await rpc(emulator, `${kernelsApi}/${method}`, { userName: 'alice', kernelSlug: 'my-sweep', ...more })).json;
  return { emulator, ask, status: async (label?: string) => ask('GetKernelSessionStatus', { versionLabel: label }) };
}

test('a kernel can have several versions, with their sources, results and times', async () => {
  const { ask, status } = withKernel({
    machineShape: 'NvidiaTeslaT4',
    versions: [
      { created: now - 8 * hour, seconds: 5400, output: { 'metrics.json': '{}' } },
      { created: new Date(now - 6 * hour), seconds: 600, failureMessage: 'out of memory', text: 'train(more)' },
      { created: now - 5 * hour, seconds: 60, status: 'CANCEL_ACKNOWLEDGED' },
      {
        created: now - 4 * hour,
        status: 'ERROR',
        failureMessage: 'no data',
        log: [{ stream_name: 'stderr', time: 30, data: 'x' }],
      },
    ],
  });
  expect([await status('v1'), await status('v2'), await status('v3'), await status()]).toEqual([
    { status: 'COMPLETE' },
    { status: 'ERROR', failureMessage: 'out of memory' },
    { status: 'CANCEL_ACKNOWLEDGED' },
    { status: 'ERROR', failureMessage: 'no data' },
  ]);
  const sources = ['v1', 'v2'].map(async (versionLabel) => (await ask('GetKernel', { versionLabel })).blob.source);
  expect(await Promise.all(sources)).toEqual(['train()', 'train(more)']);
  expect((await ask('GetKernel')).metadata).toMatchObject({
    currentVersionNumber: 4,
    lastRunTime: new Date(now - 4 * hour).toISOString(),
    machineShape: 'NvidiaTeslaT4',
  });
  expect((await ask('ListKernelFiles', { versionLabel: 'v1' })).files).toMatchObject([
    { name: 'metrics.json', size: 2 },
  ]);
  expect((await ask('GetAcceleratorQuotaStatistics')).gpuQuota).toMatchObject({ timeUsed: `${5400 + 600 + 60 + 30}s` });
});

test('a run that is running began in the past: its log continues, and its time is reserved', async () => {
  const seen = Promise.withResolvers<void>();
  const executor = scriptedExecutor(async (job) => {
    job.onOutput('stdout', 'epoch 2\n');
    await seen.promise;
  });
  const log = [{ stream_name: 'stdout' as const, time: 60, data: 'epoch 1\n' }];
  const { emulator, ask, status } = withKernel(
    { status: 'RUNNING', created: now - hour, log, enableGpu: true },
    { executor },
  );
  await emulator.ready;
  const version = emulator.state.kernels.get('alice/my-sweep')!.versions[0]!;
  await expect.poll(() => version.log.length).toBe(2);
  expect(version.log).toEqual([...log, { stream_name: 'stdout', time: 3600, data: 'epoch 2\n' }]);
  expect(await status()).toEqual({ status: 'RUNNING' });
  expect((await ask('GetAcceleratorQuotaStatistics')).gpuQuota).toMatchObject({
    timeUsed: '0s',
    timeReserved: '3600s',
  });
  seen.resolve();
  expect(await ended(emulator, 'my-sweep')).toMatchObject({ status: 'COMPLETE', stdout: 'epoch 1\nepoch 2\n' });
});

test('a run that is queued waits until it is canceled, also after a restart', async () => {
  const data = scratch();
  const first = withKernel({ status: 'QUEUED' }, { data });
  await first.emulator.ready;
  await first.emulator.close();
  // Closing cancels only what the emulator would have run.
  const { emulator, status } = withKernel({ status: 'QUEUED' }, { data });
  expect(await status()).toEqual({});
  const { sessionId } = emulator.state.kernels.get('alice/my-sweep')!.versions[0]!;
  await rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId: sessionId });
  expect(await status()).toEqual({ status: 'CANCEL_ACKNOWLEDGED' });
  await emulator.close();
});

test.each<[Partial<KernelFixture>, string]>([
  [{ versions: [{}], output: {} }, 'a run beside versions: move output, log, status and times into a version'],
  [{ status: 'RUNNING', output: { a: '' } }, 'output of a run that is RUNNING'],
  [{ versions: [{ status: 'COMPLETE', failureMessage: 'x' }] }, 'failureMessage of a run that is COMPLETE'],
  [{ status: 'DONE' as 'ERROR' }, 'status: expected'],
  [{ created: new Date('never') }, 'created: expected a date'],
  [{ seconds: -1 }, 'seconds: expected a number of seconds'],
])('the fixture %j is an error', async (kernel, message) => {
  await expect(withKernel(kernel).emulator.ready).rejects.toThrow(message);
});

test('kernels are listed by the time of their last run, or of their creation, if that is asked for', async () => {
  const slugs = { 'first-one': [1, 4], 'second-one': [2, 9], 'third-one': [3] };
  const kernels = Object.entries(slugs).map(([slug, hours]) => ({
    ...{ owner: 'alice', slug, text: '' },
    versions: hours.map((ago) => ({ created: now + ago * hour, output: {} })),
  }));
  const emulator = quiet({ fixtures: { kernels }, now: () => now + 10 * hour });
  const list = async (sortBy?: string) =>
    (await rpc(emulator, `${kernelsApi}/ListKernels`, { sortBy })).json.kernels.map(
      ({ slug }: { slug: string }) => slug[0],
    );
  expect([await list(), await list('DATE_RUN'), await list('DATE_CREATED')].map((slugs) => slugs.join(''))).toEqual([
    ...['fst', 'sft', 'tsf'],
  ]);
});
