import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'kaggle-ts-library-'));
const modules = join(folder, 'node_modules');
afterAll(() => rmSync(folder, { recursive: true }));

const script = `
import json, json.decoder, inspect, os
print(json.decoder.__file__.rsplit('.')[-1], os.path.exists('/tmp/compiled-library'))
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
function run(command: string, ...args: string[]): string {
  const { stdout, stderr } = spawnSync(command, [...args, 'main.mjs'], { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

test('the first interpreter of an installation compiles the standard library, the next ones use that', {
  timeout: 300_000,
}, () => {
  cpSync(join(root, 'dist'), join(modules, 'kaggle-ts/dist'), { recursive: true });
  cpSync(join(root, 'package.json'), join(modules, 'kaggle-ts/package.json'));
  for (const name of ['ky', 'valibot']) symlinkSync(join(root, 'node_modules', name), join(modules, name));
  mkdirSync(join(modules, 'pyodide'));
  const compiled = /^python_stdlib-.+\.zip$/;
  for (const name of readdirSync(join(root, 'node_modules/pyodide'))) {
    if (!compiled.test(name)) cpSync(join(root, 'node_modules/pyodide', name), join(modules, 'pyodide', name));
  }
  const there = () =>
    readdirSync(join(modules, 'pyodide')).filter((name) => compiled.test(name) || name.endsWith('.tmp'));

  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'main.mjs'), program);

  // Without the right to write, nothing is kept.
  const deno = ['run', '--allow-read', '--allow-env', '--no-prompt', '--node-modules-dir=manual', '--no-lock'];
  const logs = [run(join(root, 'node_modules/.bin/deno'), ...deno)];
  expect(there()).toEqual([]);
  // A file of which only a part came to the disk does no harm, and is replaced.
  const { version } = JSON.parse(readFileSync(join(modules, 'pyodide/package.json'), 'utf8'));
  writeFileSync(join(modules, `pyodide/python_stdlib-${version}.zip`), 'no archive');
  logs.push(run(process.execPath), run(process.execPath));
  expect(there()).toEqual([expect.stringMatching(compiled)]);

  expect(logs.map((log) => log.split('\n')[0])).toEqual(['py False', 'py False', 'pyc False']);
  for (const log of logs) {
    expect(log.split('\n')[1]).toContain('def loads(');
    // Tracebacks show the library's own lines.
    expect(log).toMatch(/File "\/lib\/python[\d.]+\.zip\/json\/__init__\.py", line \d+, in loads\n {4}return/);
  }
});
