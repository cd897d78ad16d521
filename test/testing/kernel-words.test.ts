import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createEmulator, pyodideExecutor, python3Executor } from '../../src/testing/index.ts';
import { ended, kernelsApi, makeDataset, push, rpc, wrote } from './support.ts';

const python3 = spawnSync('python3', ['--version']).status === 0;
const secrets = {
  KAGGLE_API_TOKEN: 'KGAT_secret',
  KAGGLE_KEY: 'secret',
  AWS_SECRET_ACCESS_KEY: 'secret',
  GITHUB_TOKEN: 'x',
};

describe.each([
  ['WebAssembly', () => pyodideExecutor({ spare: true })],
  ...(python3 ? [['the python3 of the host', () => python3Executor()] as const] : []),
] as const)('a script in %s', (_name, open) => {
  const executor = open();
  const emulator = createEmulator({ executor, lag: 0, processing: 0, concurrency: 1 });
  beforeAll(() => void Object.assign(process.env, secrets));
  afterEach(() => emulator.reset());
  afterAll(async () => {
    for (const name of Object.keys(secrets)) delete process.env[name];
    await executor.close?.();
  });

  async function run(text: string, more: object = {}) {
    await push(emulator, text, more);
    return ended(emulator);
  }

  test('the environment is that of a run on Kaggle: no token of this machine, and the session by which it can be cancelled', async () => {
    await push(emulator, 'import json, os, time\nprint(json.dumps(dict(os.environ)))\nprint("go")\ntime.sleep(60)');
    await wrote(emulator, 'go');
    const { log } = emulator.state.kernels.get('alice/first-kernel')!.versions[0]!;
    const env = JSON.parse(
      log
        .map(({ data }) => data)
        .join('')
        .split('\n')[0]!,
    ) as Record<string, string>;
    expect(env).toMatchObject({ KAGGLE_KERNEL_RUN_TYPE: 'Batch', HOME: expect.any(String), PATH: expect.any(String) });
    for (const [name, value] of Object.entries(secrets)) {
      expect(env).not.toHaveProperty(name);
      expect(Object.values(env)).not.toContain(value);
    }
    expect(env.KAGGLE_WORKING_DIR).toMatch(/\/working$/);
    const addresses = Object.values(env).filter((value) => /^https?:/.test(value));
    expect(addresses.length).toBeGreaterThan(1);
    for (const address of addresses) expect(new URL(address).hostname).toMatch(/\.invalid$/);
    const kernelSessionId = Number(/\d+/.exec(env.KAGGLE_CONTAINER_NAME!)![0]);
    const { status } = await rpc(emulator, `${kernelsApi}/CancelKernelSession`, { kernelSessionId });
    expect({ status, end: (await ended(emulator)).status }).toEqual({ status: 200, end: 'CANCEL_ACKNOWLEDGED' });
  });

  test('tracebacks begin in the script: of chains and libraries too; so do warnings', async () => {
    const { stderr, failureMessage } = await run(`
import json, warnings
def f():
    try:
        try: 1 / 0
        except Exception as error: raise KeyError('second') from error
    except Exception: json.loads('{')
warnings.warn('mind')
def g():
    try: f()
    except Exception: raise OSError('last')
g()
`);
    expect(failureMessage).toBe('OSError: last');
    expect(stderr).not.toMatch(/harness|run\.py|<emulator>/);
    const firsts = stderr.match(/Traceback \(most recent call last\):\n.*File "[^"]*"/g)!;
    expect(firsts).toHaveLength(4);
    for (const first of firsts) expect(first).toMatch(/script\.py"$/);
    expect(stderr).toMatch(/script\.py:8: UserWarning: mind/);
  });

  test('what sys.excepthook does with the last exception is done', async () => {
    const hook = 'import sys\nsys.excepthook = lambda kind, error, trace: print("hook", kind.__name__)\n';
    expect(await run(`${hook}1 / 0`)).toMatchObject({
      status: 'ERROR',
      stdout: 'hook ZeroDivisionError\n',
      stderr: '',
      failureMessage: 'ZeroDivisionError: division by zero',
    });
  });

  test('a byte order mark does no harm; the log of a syntax error begins in the script', async () => {
    const { stderr, failureMessage } = await run('\ufeffx = 1\nif x\n  y');
    expect(failureMessage).toMatch(/^SyntaxError: /);
    expect(stderr).toMatch(/^ {2}File "[^"]*\/src\/script\.py", line 2\n {4}if x\n/);
  });

  test('who looks for inputs elsewhere is told where they are, when the run fails', async () => {
    await makeDataset(emulator, { 'a.csv': '1' });
    const sources = { datasetDataSources: ['alice/my-data'] };
    const look = `
import glob, os, sys
[folder] = [folder for folder, _, files in os.walk('/kaggle/input') if files]
print('/kag' + 'gle/input' + folder.split('/input', 1)[1])
for path in ('/kaggle/input/old-place/deep/a.csv', folder + '/not-in-the-input.csv'):
    try: open(path)
    except FileNotFoundError: pass
os.path.exists('../input/other')
found = glob.glob('/kaggle/input/*/none/*.csv') + glob.glob('/kaggle/input/third/*')
`;
    const failed = await run(`${look}if not found: sys.exit('no data')`, sources);
    const place = failed.stdout.trim();
    const words = (path: string) => `emulator: /kaggle/input/${path} does not exist. Inputs of this run: ${place}\n`;
    expect(failed.stderr).toBe(`no data\n${['old-place', 'other', 'third'].map(words).join('')}`);
    expect(await run(look, sources)).toMatchObject({ status: 'COMPLETE', stderr: '' });
    const without = await run('open("/kaggle/input/x/y")');
    expect(without.failureMessage).toMatch(/^FileNotFoundError/);
    expect(without.stderr).toMatch(/\nemulator: \/kaggle\/input\/x does not exist\. This run has no inputs\.\n$/);
  });
});

test('missing modules of the standard library are not reported as packages', async () => {
  const emulator = createEmulator({ lag: 0, processing: 0 });
  await push(emulator, 'from multiprocessing import Pool\nif __name__ == "__main__":\n    Pool(2)');
  const { stderr, failureMessage } = await ended(emulator);
  expect(failureMessage).toBe("ModuleNotFoundError: No module named '_multiprocessing'");
  expect(stderr).toContain("'_multiprocessing' is part of Python's standard library");
  expect(stderr).not.toContain('--packages');
  await emulator.close();
});

test.skipIf(!python3)('with the python3 of the host, the hint for a missing package names it and pip', async () => {
  const emulator = createEmulator({ executor: python3Executor(), lag: 0, processing: 0 });
  await push(emulator, 'import sys\nprint(sys.executable)\nimport no_such_package.part');
  const { stdout, stderr, failureMessage } = await ended(emulator);
  expect(failureMessage).toBe("missing package 'no_such_package'");
  expect(stderr).toContain(`${stdout.trim()} -m pip install no_such_package`);
  expect(stderr).not.toContain('--packages');
});
