import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Consumer, installTarball } from '../../scripts/test/consumer.ts';
import { isPackageRun, packageOnly } from './package-only.ts';

const run = promisify(execFile);

const ends = [
  { end: 'the oldest', copies: { msw: 'msw-oldest', pyodide: 'pyodide-oldest' } },
  { end: 'the newest', copies: { msw: 'msw', pyodide: 'pyodide' } },
] as const;

describe.each(ends)('with $end peers', ({ copies }) => {
  let consumer: Consumer;
  beforeAll(async () => {
    if (isPackageRun) consumer = await installTarball(copies);
  });
  afterAll(() => consumer?.remove());

  beforeEach((context) => {
    packageOnly(context, 'it changes with the versions of the peers only');
  });

  test('npm installs the package beside them', async () => {
    const folder = join(consumer.folder, 'npm');
    const dependencies: Record<string, string> = { 'kaggle-ts': `file:${consumer.tarball}` };
    // Packages without content: npm compares nothing but the versions, and fetches nothing.
    for (const name of ['ky', 'valibot', 'msw', 'pyodide']) {
      const path = join(consumer.folder, 'node_modules', name, 'package.json');
      const { version } = JSON.parse(await readFile(path, 'utf8')) as { version: string };
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, 'package.json'), JSON.stringify({ name, version }));
      dependencies[name] = `file:${name}`;
    }
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', dependencies }));
    const { stdout } = await run('npm', ['install', '--offline', '--dry-run', '--no-audit'], { cwd: folder });
    expect(stdout).toMatch(/add kaggle-ts/);
  });

  test('a notebook runs in the emulator, through handlers of msw', async () => {
    await cp(join(import.meta.dirname, 'peers-job.mjs'), join(consumer.folder, 'job.mjs'));
    const { stdout } = await run(process.execPath, ['job.mjs'], { cwd: consumer.folder });
    const { status, text, answer, refused } = JSON.parse(stdout) as Record<string, string>;
    expect(text).toMatch(/^six times seven 42\n[^\n]*no module js\nheld\n$/);
    expect({ status, answer, refused }).toEqual({ status: 'COMPLETE', answer: '42\r\n', refused: 'PermissionError' });
  });
});
