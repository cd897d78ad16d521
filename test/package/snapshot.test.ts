import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageOnly } from './package-only.ts';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-library-'));
const modules = join(folder, 'node_modules');
afterAll(() => rmSync(folder, { recursive: true }));

const script = `
import hashlib, inspect, json, logging, os, random, sys, time
print(json.dumps({'hash': hash('kaggle'), 'random': random.random(), 'path': sys.path, 'environment': dict(os.environ),
                  'modules': sorted(sys.modules), 'age': time.time_ns() - logging._startTime}))
print(inspect.getsource(json.loads).splitlines()[0])
json.loads('{')
`;

const program = `
  import { createEmulator } from 'kaggle-ts/testing';
  const emulator = createEmulator({ lag: 0 });
  const headers = { authorization: 'Bearer KGAT_test', 'content-type': 'application/json' };
  const body = JSON.stringify({ slug: 'alice/a-job', newTitle: 'A job', text: ${JSON.stringify(script)}, language: 'python', kernelType: 'script' });
  await emulator.fetch(new Request('https://api.kaggle.com/v1/kernels.KernelsApiService/SaveKernel', { method: 'POST', headers, body }));
  const [version] = emulator.state.kernels.get('alice/a-job').versions;
  while (version.status !== 'ERROR') await new Promise((resolve) => setTimeout(resolve, 10));
  console.log(version.log.map(({ data }) => data).join(''));
  await emulator.close();`;

/** Runs the script in the emulator, in a process of its own. */
function run(command: string, ...args: string[]): { log: string; milliseconds: number } {
  const began = Date.now();
  const { stdout, stderr } = spawnSync(command, [...args, 'main.mjs'], { cwd: folder, encoding: 'utf8' });
  return { log: stdout + stderr, milliseconds: Date.now() - began };
}

test('the first interpreter of an installation saves a snapshot, the next ones start from it', {
  timeout: 300_000,
}, async (context) => {
  packageOnly(context, 'it changes with the version of pyodide and the code of the interpreter only');
  cpSync(join(root, 'dist'), join(modules, 'kaggle-ts/dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(modules, 'kaggle-ts/package.json'));
  for (const name of ['ky', 'valibot']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  mkdirSync(join(modules, 'pyodide'));
  // So that the name of the file is known.
  await import('../testing/start-interpreter.ts');
  const snapshot = /^snapshot-.+\.bin$/;
  for (const name of readdirSync(join(root, 'node_modules/pyodide'))) {
    const copy = join(modules, 'pyodide', name);
    cpSync(join(root, 'node_modules/pyodide', name), copy);
    // An incomplete file does no harm, and is replaced.
    if (snapshot.test(name)) truncateSync(copy, 1_000_000);
  }
  const large = () =>
    readdirSync(join(modules, 'pyodide')).filter(
      (name) =>
        /\.tmp$/.test(name) || (snapshot.test(name) && statSync(join(modules, 'pyodide', name)).size > 1_000_000),
    );

  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'main.mjs'), program);

  // Without the right to write, nothing is saved.
  const deno = ['run', '--allow-read', '--allow-env', '--no-prompt', '--node-modules-dir=manual', '--no-lock'];
  const runs = [run(join(root, 'node_modules/.bin/deno'), ...deno)];
  expect(large()).toEqual([]);
  runs.push(run(process.execPath), run(process.execPath));
  expect(large()).toEqual([expect.stringMatching(snapshot)]);

  const starts = runs.map(({ log }) => JSON.parse(log.split('\n')[0]!));
  const [fresh, first, second] = starts;
  expect(second.hash).toBe(first.hash);
  expect(fresh.hash).not.toBe(first.hash);
  expect(new Set(starts.map(({ random }) => random)).size).toBe(3);
  const { path, environment, modules: loaded } = fresh;
  for (const start of starts) expect(start).toMatchObject({ path, environment, modules: loaded });
  for (const [index, { log, milliseconds }] of runs.entries()) {
    expect(starts[index].age / 1e6).toBeLessThan(milliseconds);
    expect(log.split('\n')[1]).toContain('def loads(');
    // Tracebacks show the library's own lines.
    expect(log).toMatch(/File "\/lib\/python[\d.]+\.zip\/json\/__init__\.py", line \d+, in loads\n {4}return/);
  }
});
