import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
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

/** Packed once per process, because it takes seconds; `npm test` packs once for all, into KAGGLE_TS_TARBALL. */
let packed: Promise<{ name: string; content: Buffer }> | undefined;

/** Packs the project, which must be built, into a folder. Resolves to the path of the tarball. */
export async function pack(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    env: { ...process.env, npm_config_loglevel: 'error' },
    maxBuffer: 1 << 26,
  });
  const answer = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>;
  const [{ filename }] = Object.values(answer) as [{ filename: string }];
  return join(folder, filename);
}

async function readPacked(): Promise<{ name: string; content: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'kaggle-ts-pack-'));
  try {
    const tarball = process.env.KAGGLE_TS_TARBALL ?? (await pack(folder));
    return { name: basename(tarball), content: await readFile(tarball) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
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
  packed ??= readPacked();
  const { name, content } = await packed;
  const tarball = join(folder, name);
  await writeFile(tarball, content);
  await run('tar', ['-xzf', tarball, '-C', folder]);
  await rename(join(folder, 'package'), join(modules, 'kaggle-ts'));
  const linked = { ky: 'ky', valibot: 'valibot', msw: 'msw', pyodide: 'pyodide', ws: 'ws', ...copies };
  for (const [dependency, copy] of Object.entries(linked)) {
    await symlink(join(root, 'node_modules', copy), join(modules, dependency), 'dir');
  }
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
  return { folder, tarball, remove: () => rm(folder, { recursive: true, force: true }) };
}
