import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createEmulator, pyodideExecutor, python3Executor } from '../../src/testing/index.ts';
import { ended, push } from './support.ts';

const python3 = spawnSync('python3', ['--version']).status === 0;
const leave = `
import os
os.makedirs('deep/empty')
open('deep/a.txt', 'w').write('a')
open('deep/.hidden', 'w').write('h')
open('back\\\\slash', 'w').write('b')
os.symlink('deep/a.txt', 'link')
os.symlink('nowhere', 'dangling')
os.symlink('loop-2', 'loop-1')
os.symlink('loop-1', 'loop-2')
os.symlink('..', 'deep/above')
for n in range(20): os.symlink('x', 'many-%02d' % n)
`;

describe.each([
  ['WebAssembly', () => pyodideExecutor({ spare: true })],
  ...(python3 ? [['the python3 of the host', () => python3Executor()] as const] : []),
] as const)('the output of a run in %s', (_name, open) => {
  const executor = open();
  const emulator = createEmulator({ executor, lag: 0, processing: 0, concurrency: 1 });
  afterEach(() => emulator.reset());
  afterAll(() => executor.close?.());

  test('links and empty folders stay out, the log names them, the rest is there, also of a run that fails', async () => {
    await push(emulator, `${leave}\n1 / 0`);
    const { status, stderr, files } = await ended(emulator);
    expect(status).toBe('ERROR');
    expect(files).toEqual({ 'deep/a.txt': 'a', 'deep/.hidden': 'h', 'back\\slash': 'b' });
    const words = stderr.slice(stderr.indexOf('emulator: not in the output')).trim().split('\n');
    expect(words).toHaveLength(11);
    expect(words[0]).toMatch(/^emulator: not in the output: ".*": symbolic links are dropped/);
    expect(words[10]).toBe('emulator: not in the output: 15 more');
  });

  test('what is still open is written to its end, as at the end of Python', async () => {
    const text = `
import gzip, os, zipfile
text = open('text', 'w')
text.write('not yet written')
both = open('both', 'wb+', 5000)
both.write(b'nor this')
archive = zipfile.ZipFile('a.zip', 'w')
archive.writestr('a', 'b')
class Last:
    def __del__(self): print('last words', os.path.basename('a/b'))
last = Last()
os.chdir('/')
`;
    await push(emulator, text);
    const { stdout, stderr, files } = await ended(emulator);
    expect({ stdout, stderr }).toEqual({ stdout: 'last words b\n', stderr: '' });
    expect(files).toMatchObject({ text: 'not yet written', both: 'nor this' });
    expect(files['a.zip']).toContain('PK\x05\x06');
  });

  test('a folder of the output that is gone is no failure', async () => {
    await push(emulator, 'import os, shutil\nos.chdir("/")\nshutil.rmtree("/kaggle/working")\nprint("done")');
    expect(await ended(emulator)).toEqual({
      status: 'COMPLETE',
      failureMessage: undefined,
      stdout: 'done\n',
      stderr: 'emulator: not in the output: "/kaggle/working": the folder no longer exists\n',
      files: {},
    });
  });

  test('a link in the place of the folder leads nowhere', async () => {
    const text = `
import os
os.chdir('/')
os.makedirs('/tmp/elsewhere', exist_ok=True)
open('/tmp/elsewhere/secret', 'w').write('s')
os.rmdir('/kaggle/working')
os.symlink('/tmp/elsewhere', '/kaggle/working')
`;
    await push(emulator, text.replaceAll('/tmp/elsewhere', `/tmp/elsewhere-${process.pid}`));
    const { status, stderr, files } = await ended(emulator);
    expect({ status, files }).toEqual({ status: 'COMPLETE', files: {} });
    expect(stderr).toMatch(/^emulator: not in the output: "\/kaggle\/working": symbolic links are dropped/);
    rmSync(`/tmp/elsewhere-${process.pid}`, { recursive: true, force: true });
  });

  test.skipIf(process.platform !== 'linux')('a name that is not Unicode stays out, strange ones do not', async () => {
    await push(emulator, 'for name in ("-rf", "a\\nb", " ", "ü", "x\\udcffy", "n" * 250): open(name, "w").write("1")');
    const { status, stderr, files } = await ended(emulator);
    expect(status).toBe('COMPLETE');
    expect(Object.keys(files).sort()).toEqual([' ', '-rf', 'a\nb', 'n'.repeat(250), 'ü']);
    expect(stderr).toMatch(/^emulator: not in the output: "x.*": the name is not valid Unicode\n$/);
  });

  test('folders in folders, a hundred deep', async () => {
    const text = 'import os\nfor n in range(100): os.mkdir("n"); os.chdir("n")\nopen("bottom", "w").write("b")';
    await push(emulator, text);
    expect((await ended(emulator)).files).toEqual({ [`${'n/'.repeat(100)}bottom`]: 'b' });
  });
});

test('in WebAssembly: unreadable files are read as by root; devices and forged names stay out', async () => {
  const emulator = createEmulator({ lag: 0, processing: 0 });
  const text = `
import os
os.mkdir('closed')
open('closed/secret', 'w').write('s')
os.chmod('closed/secret', 0)
os.chmod('closed', 0)
import pyodide_js
FS = pyodide_js.FS
FS.mkdev('/kaggle/working/device', 0o666, FS.makedev(1, 3))
open('last', 'w').write('l')
import js
js.Reflect.set(FS.lookupPath('/kaggle/working').node.contents, '../working/last', FS.lookupPath('/kaggle/working/last').node)
`;
  await push(emulator, text);
  const { status, stderr, files } = await ended(emulator);
  expect({ status, files }).toEqual({ status: 'COMPLETE', files: { 'closed/secret': 's', last: 'l' } });
  expect(stderr).toContain('emulator: not in the output: "device": not a regular file\n');
  expect(stderr).toContain('emulator: not in the output: "../working/last": the name contains a slash\n');
  await emulator.close();
});

describe.skipIf(!python3)('the python3 of the host', () => {
  const emulator = createEmulator({ executor: python3Executor(), lag: 0, processing: 0 });
  afterEach(() => emulator.reset());

  test.skipIf(process.platform === 'win32')('pipes stay out, and are not waited for', async () => {
    await push(emulator, 'import os\nos.mkfifo("pipe")\nopen("a", "w").write("a")');
    const { stderr, files } = await ended(emulator);
    expect({ stderr, files }).toEqual({
      stderr: 'emulator: not in the output: "pipe": not a regular file\n',
      files: { a: 'a' },
    });
  });

  test.skipIf(process.platform === 'win32')(
    'folders too deep for a path cost neither the run nor its files',
    async () => {
      const text = `
import os
open('a', 'w').write('a')
for n in range(30): os.mkdir('n' * 200); os.chdir('n' * 200)
`;
      await push(emulator, text);
      const { status, stderr, files } = await ended(emulator);
      expect({ status, files }).toEqual({ status: 'COMPLETE', files: { a: 'a' } });
      expect(stderr).toMatch(/^emulator: not in the output: "nnn.*: ENAMETOOLONG\n/);
      const [, left] = /cannot remove the temporary folder (\S+): ENAMETOOLONG; remove it yourself\n$/.exec(stderr)!;
      spawnSync('python3', ['-c', 'import shutil, sys; shutil.rmtree(sys.argv[1])', left!]);
    },
  );

  test.skipIf(process.platform === 'win32').each([
    ['import os; os.abort()', 'the interpreter was killed by SIGABRT'],
    ['import os; os._exit(3)', 'exit code 3'],
    ['import atexit, os; atexit.register(os._exit, 4)', 'exit code 4'],
    ['raise Exception("\\udcff")', 'Exception: \\udcff'],
  ])('%s is an error that says why', async (text, failureMessage) => {
    await push(emulator, `open('a', 'w').write('a')\n${text}`);
    const result = await ended(emulator);
    expect(result).toMatchObject({ status: 'ERROR', failureMessage, files: { a: 'a' } });
    expect(result.stderr).toContain(failureMessage);
  });

  test('a program that the kernel has left running does not keep the run from its end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'left-running-'));
    // The program ends when the folder is gone.
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const wait = `import os, time\nwhile os.path.exists(${JSON.stringify(folder)}): time.sleep(0.05)`;
    const program = `[sys.executable, "-c", ${JSON.stringify(wait)}]`;
    await push(
      emulator,
      `import subprocess, sys\nsubprocess.Popen(${program})\nopen("a", "w").write("a")\nprint("end")`,
    );
    expect(await ended(emulator)).toMatchObject({ status: 'COMPLETE', stdout: 'end\n', files: { a: 'a' } });
  });
});
