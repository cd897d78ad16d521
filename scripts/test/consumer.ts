import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root: string = join(import.meta.dirname, '../..');

/** A folder outside of the project in which the package is installed from its tarball, as in a user's project. */
export interface Consumer {
  folder: string;
  /** Path of the tarball. */
  tarball: string;
  remove(): Promise<void>;
}

/**
 * Packs the project, which must be built, and unpacks the tarball into `node_modules`, beside links to the project's copies of
 * its dependencies. Needs no network. The optional peers are linked too; `copies` replaces them by other folders of
 * `node_modules`.
 */
export async function installTarball(copies: { msw?: string; pyodide?: string } = {}): Promise<Consumer> {
  const folder = await mkdtemp(join(tmpdir(), 'kaggle-ts-consumer-'));
  const modules = join(folder, 'node_modules');
  await mkdir(modules);
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    env: { ...process.env, npm_config_loglevel: 'error' },
    maxBuffer: 1 << 26,
  });
  const packed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
  const [{ filename }] = Object.values(packed) as [{ filename: string }];
  const tarball = join(folder, filename);
  await run('tar', ['-xzf', tarball, '-C', folder]);
  await rename(join(folder, 'package'), join(modules, 'kaggle-ts'));
  const linked = { ky: 'ky', valibot: 'valibot', msw: 'msw', pyodide: 'pyodide', ws: 'ws', ...copies };
  for (const [name, copy] of Object.entries(linked)) {
    await symlink(join(root, 'node_modules', copy), join(modules, name), 'dir');
  }
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  return { folder, tarball, remove: () => rm(folder, { recursive: true, force: true }) };
}
