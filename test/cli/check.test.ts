import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { cli, here, startCli } from './start.ts';

let served: ServedEmulator;
const open = async (options: Parameters<typeof serveEmulator>[0] = {}) => {
  served = await serveEmulator({ lag: 20, processing: 20, ...options });
};
const environment = () => ({ KAGGLE_ENDPOINT: served.url, KAGGLE_API_TOKEN: 'KGAT_test' });
const call = (...args: string[]) => cli(['check', ...args], environment());
/** As `call`, in this process. */
const check = (...args: string[]) => here(['check', ...args], environment());
const calls = () => served.emulator.state.requests.flatMap(({ rpc }) => (rpc ? [rpc] : []));
const left = () => served.emulator.state.datasets.size + served.emulator.state.kernels.size;

beforeEach(() => open());
afterEach(() => served.close());

describe('check live', () => {
  test('reads, and creates nothing', async () => {
    const { code, stdout } = await call('live');
    expect(stdout).toMatch(/^ok {6}credential: alice/m);
    expect(stdout).toMatch(/\b0 failed$/m);
    expect(code).toBe(0);
    expect(calls().filter((name) => !/^(Introspect|Get|List)/.test(name))).toEqual([]);
  });

  test('an answer that fails is one failed step; the others still run', async () => {
    served.emulator.faults.add({ match: { method: 'ListKernels' }, times: 99, kind: 'status', status: 400 });
    const { code, stdout } = await check('live');
    expect(stdout).toMatch(/^failed {2}kernels of alice/m);
    expect(stdout).toMatch(/^ok {6}accelerator quota/m);
    expect(stdout).toMatch(/\b1 failed$/m);
    expect(code).toBe(1);
  });

  test('a token that is not accepted: exit code 1, and the token is not printed', async () => {
    const { code, stdout, stderr } = await here(['check', 'live'], {
      ...environment(),
      KAGGLE_API_TOKEN: 'KGAT_wrong',
    });
    expect(stdout).toMatch(/^failed {2}credential/m);
    expect(stdout + stderr).not.toContain('KGAT_wrong');
    expect(code).toBe(1);
  });
});

test('no token in anything that is printed, also with --verbose and with an echo of it by the server', async () => {
  const token = 'KGAT_0123456789abcdef';
  await served.close();
  await open({ users: [{ username: 'alice', userId: 7, token }] });
  const body = { code: 400, message: `bad header: Bearer ${token}` };
  served.emulator.faults.add({ match: { method: 'ListKernels' }, times: 99, kind: 'status', status: 400, body });
  const env = { KAGGLE_ENDPOINT: served.url };
  const ways: [args: string[], env: Record<string, string>][] = [
    [['--token', token], env],
    [[], { ...env, KAGGLE_API_TOKEN: token }],
  ];
  for (const [args, variables] of ways) {
    const { code, stdout, stderr } = await here(['check', 'live', '--verbose', ...args], variables);
    expect(stdout).toMatch(/^failed {2}kernels of alice/m);
    expect(stdout).toContain('bad header: Bearer [redacted]');
    expect(stderr).toContain('IntrospectToken');
    expect(stdout + stderr).not.toContain('0123456789abcdef');
    expect(code).toBe(1);
  }
});

describe('check upload', () => {
  test('a private dataset is uploaded, downloaded, compared and deleted', async () => {
    const { code, stdout } = await call('upload', '--yes');
    expect(stdout).toMatch(/creates the private dataset "kaggle-ts-check-\w{8}"/);
    expect(stdout).toMatch(/^ok {6}download empty\.txt/m);
    expect(stdout).toMatch(/^ok {6}download folder\/deeper\/größe\.txt/m);
    expect(stdout).toMatch(/^ok {6}upload version 2/m);
    expect(stdout).toMatch(/\b0 failed$/m);
    expect(code).toBe(0);
    expect(calls()).toContain('CreateDatasetVersion');
    expect(calls()).toContain('DeleteDataset');
    expect(left()).toBe(0);
  });

  test('--large: a file of more than 8 MiB too', async () => {
    const { code, stdout } = await check('upload', '--yes', '--large');
    expect(stdout).toMatch(/\(5 files, 9\.5 MB, two versions\)/);
    expect(stdout).toMatch(/^ok {6}download large\.bin/m);
    expect(stdout).toMatch(/^ok {6}download all as one archive: 5 files/m);
    expect(code).toBe(0);
    expect(left()).toBe(0);
  });

  test('bytes that come back changed are found, and the dataset is deleted', async () => {
    served.emulator.faults.add({ match: { path: '/download/' }, times: 99, kind: 'flip' });
    const { code, stdout } = await check('upload', '--yes');
    expect(stdout).toMatch(/^failed {2}download table\.csv/m);
    expect(code).toBe(1);
    expect(left()).toBe(0);
  });

  test('without a yes nothing is created', async () => {
    const { code, stderr } = await call('upload');
    expect(stderr).toContain('--yes');
    expect(code).toBe(2);
    expect(calls()).toEqual([]);
  });

  test('a failure in the middle: exit code 1, and the dataset is deleted', async () => {
    served.emulator.faults.add({ match: { method: 'ListDatasetFiles' }, times: 99, kind: 'status', status: 400 });
    const { code, stdout } = await check('upload', '--yes');
    expect(stdout).toMatch(/^failed {2}list its files/m);
    expect(stdout).toMatch(/^ok {6}delete alice\//m);
    expect(code).toBe(1);
    expect(left()).toBe(0);
  });

  test('a dataset that cannot be deleted is a failure that is said', async () => {
    served.emulator.faults.add({ match: { method: 'DeleteDataset' }, times: 99, kind: 'status', status: 400 });
    const { code, stdout } = await check('upload', '--yes');
    expect(stdout).toMatch(/^failed {2}delete alice\/kaggle-ts-check-/m);
    expect(code).toBe(1);
  });
});

describe('check push', () => {
  test('a private kernel runs, its output is compared, and it is deleted', async () => {
    const { code, stdout } = await call('push', '--yes');
    expect(stdout).toMatch(/^ok {6}wait for the end: COMPLETE/m);
    expect(stdout).toMatch(/^ok {6}download the output and compare it: 3 files/m);
    expect(code).toBe(0);
    expect(left()).toBe(0);
    const saved = served.emulator.state.requests.find(({ rpc }) => rpc === 'SaveKernel')!.body;
    expect(saved).toMatchObject({ isPrivate: true, enableGpu: false, enableInternet: false });
  });

  test('output that is not what the kernel writes is found', async () => {
    await served.close();
    await open({
      executor: scriptedExecutor(async (job) => {
        const { log, files } = await pretend(job.text);
        job.onOutput('stdout', log);
        return { files };
      }),
    });
    const { code, stdout } = await check('push', '--yes');
    expect(stdout).toMatch(/^failed {2}download the output and compare it/m);
    expect(stdout).toContain('result.txt differs from what the kernel wrote');
    expect(code).toBe(1);
    expect(left()).toBe(0);
  });

  test('Ctrl-C while the kernel runs: it is deleted, and the exit code says so', async () => {
    await served.close();
    await open({
      executor: scriptedExecutor(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
      ),
    });
    const started = startCli(['check', 'push', '--yes'], environment());
    await started.until(/^ok {6}push/m);
    started.child.kill('SIGINT');
    const { code, stdout } = await started.ended;
    expect(stdout).toMatch(/^failed {2}follow the log/m);
    expect(stdout).toMatch(/^ok {6}delete alice\//m);
    expect(code).toBe(130);
    expect(left()).toBe(0);
  });
});

/** A run that says the word but writes something else. */
async function pretend(
  text: string,
): Promise<{ log: string; files: { name: string; data: Uint8Array<ArrayBuffer> }[] }> {
  const word = /\bword\\*":\s*\\*"(\w+)/.exec(text)?.[1] ?? text;
  const data = new TextEncoder().encode('something else\n');
  return { log: `the word is ${word}\n`, files: [{ name: 'result.txt', data }] };
}
