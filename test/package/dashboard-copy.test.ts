import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { installTarball } from '../../scripts/test/consumer.ts';
import { builtPages, mostBytes, sum } from '../dashboard/built-pages.ts';
import { root } from '../structure/source-files.ts';
import { packageOnly } from './package-only.ts';

test('a copy of the dashboard with the packed package has small pages', async (context) => {
  packageOnly(context, 'it changes with the build of the package and the version of Vite only');
  const consumer = await installTarball();
  onTestFinished(() => consumer.remove());
  const copy = join(consumer.folder, 'dashboard');
  const skipped = ['node_modules', 'dist'].map((name) => join(root, 'examples/dashboard', name));
  await cp(join(root, 'examples/dashboard'), copy, { recursive: true, filter: (path) => !skipped.includes(path) });
  const { dependencies, devDependencies } = JSON.parse(await readFile(join(copy, 'package.json'), 'utf8'));
  for (const name of Object.keys({ ...dependencies, ...devDependencies })) {
    const place = join(copy, 'node_modules', name);
    await mkdir(dirname(place), { recursive: true });
    await symlink(join(name === 'kaggle-ts' ? consumer.folder : root, 'node_modules', name), place);
  }
  const env = { ...process.env, NODE_ENV: 'production', VITEST: '' };
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build'], { cwd: copy, env });
  const { pages, sizesOf } = builtPages(join(copy, 'dist'));
  expect(pages.length).toBeGreaterThanOrEqual(7);
  for (const page of pages) {
    const sizes = sizesOf(page);
    expect(sum(sizes), `${page}: ${JSON.stringify(sizes)}`).toBeLessThan(mostBytes);
  }
});
