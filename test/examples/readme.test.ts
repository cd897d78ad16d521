import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveEmulator } from '../../src/testing/index.ts';
import { cleanEnvironment, root, start } from '../cli/start.ts';
import { ensureBuilt } from './built.ts';
import { asModule, codeBlocks } from './code-blocks.ts';

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
);
const documents = ['README.md', ...pages.map((name) => `docs/${name}`)];
/** What the examples use of runtimes whose types are not installed. */
const globals = `
declare const Deno: { args: string[]; env: { get(name: string): string | undefined }; readTextFile(path: string): Promise<string> };
declare const Bun: { argv: string[]; env: Record<string, string | undefined>; file(path: string): Blob };
interface ImportMeta { readonly dir: string }
`;

/** A folder of the project, where the package is found by its own name. */
let folder: string;

beforeAll(() => {
  ensureBuilt();
  mkdirSync(join(root, '.tmp'), { recursive: true });
  folder = mkdtempSync(join(root, '.tmp/readme-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the TypeScript of README, docs and examples compiles against the built package', async () => {
  const examples = ['node', 'deno', 'bun'].map((name) => `examples/${name}/main.ts`);
  const sources: [place: string, text: string][] = [
    ...documents.flatMap((path) => codeBlocks(path, 'ts').map(({ place, code }) => [place, asModule(code)] as const)),
    ...[...examples, 'examples/workers/src/index.ts'].map(
      (path) => [path, readFileSync(join(root, path), 'utf8')] as const,
    ),
  ].map(([place, text]) => [place, text]);
  expect(sources.length).toBeGreaterThan(10);
  const names = new Map(sources.map(([place]) => [`${place.replace(/\W/g, '-')}.ts`, place]));
  for (const [place, text] of sources) writeFileSync(join(folder, `${place.replace(/\W/g, '-')}.ts`), text);
  writeFileSync(join(folder, 'globals.d.ts'), globals);
  const compilerOptions = {
    skipLibCheck: true,
    types: ['node'],
    noEmit: true,
    rootDir: '.',
    allowImportingTsExtensions: true,
  };
  const config = { extends: '../../test/types/tsconfig.json', compilerOptions, include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));

  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const compiled = promisify(execFile)(process.execPath, [tsc, '-p', '.', '--pretty', 'false'], { cwd: folder });
  const output = await compiled.then(
    ({ stdout }) => stdout,
    (error: { stdout: string; message: string }) => error.stdout || error.message,
  );
  expect(output.replace(/^[\w-]+\.ts/gm, (name) => names.get(name) ?? name)).toBe('');
});

test('the job in ten lines does what the README says', { timeout: 60_000 }, async () => {
  const [block] = codeBlocks('README.md', 'ts').filter(({ heading }) => heading === 'The job in ten lines');
  // The only change: where the API is. The token comes from the environment, as for everybody.
  const job = block!.code.replace('createClient()', 'createClient({ endpoint: process.env.KAGGLE_ENDPOINT })');
  expect(job).not.toBe(block!.code);
  const place = join(folder, 'ten-lines');
  for (const name of ['data', 'job']) mkdirSync(join(place, name), { recursive: true });
  writeFileSync(join(place, 'main.ts'), job);
  writeFileSync(join(place, 'data/points.txt'), '1\n2\n3\n');
  writeFileSync(join(place, 'job/model.py'), 'def total(numbers, epochs):\n    return sum(numbers) * epochs\n');
  writeFileSync(
    join(place, 'job/train.py'),
    [
      'from kaggle_params import params',
      'from model import total',
      'from kaggle_params import input_path',
      'numbers = [int(line) for line in open(input_path("alice/my-points") + "/points.txt")]',
      'print("numbers", numbers)',
      'open("total.txt", "w").write(str(total(numbers, params["epochs"])))',
    ].join('\n'),
  );
  const served = await serveEmulator();
  try {
    const env = cleanEnvironment({ KAGGLE_ENDPOINT: served.url, KAGGLE_API_TOKEN: 'KGAT_test', HOME: place });
    const { code, stdout, stderr } = await start(process.execPath, ['main.ts'], env, place).ended;
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toBe('numbers [1, 2, 3]\n');
    expect(readFileSync(join(place, 'out/total.txt'), 'utf8')).toBe('18');
    const run = served.emulator.state.kernels.get('alice/my-training')?.versions[0];
    expect(run?.shape).toBe('NvidiaTeslaT4');
  } finally {
    await served.close();
  }
});

test('ten lines are ten lines', () => {
  const [block] = codeBlocks('README.md', 'ts').filter(({ heading }) => heading === 'The job in ten lines');
  const statements = block!.code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('import'));
  expect(statements.length).toBeLessThanOrEqual(10);
});

test('the documents that are named are there', () => {
  const missing: string[] = [];
  for (const path of [...documents, 'CONTRIBUTING.md']) {
    const text = readFileSync(join(root, path), 'utf8');
    for (const [, name] of text.matchAll(/`((?:docs|src|test|examples|scripts|contract)\/[\w./-]+)`/g)) {
      try {
        readFileSync(join(root, name!));
      } catch (error) {
        if ((error as { code?: string }).code !== 'EISDIR') missing.push(`${path} names ${name}`);
      }
    }
  }
  expect(missing).toEqual([]);
});

test('each fact of the emulator has its confidence and a test', () => {
  const { 1: table } = readFileSync(join(root, 'docs/emulator.md'), 'utf8').split(/^## (?=What is observed|Options)/m);
  const rows = [...table!.matchAll(/^\| (.+) \| (.+) \| (.+) \|$/gm)].slice(1);
  expect(rows.length).toBeGreaterThan(40);
  for (const [row, , confidence, tests] of rows) {
    expect(confidence, row).toMatch(/^[ABC]\b/);
    let file: string | undefined;
    const named = [...tests!.matchAll(/(?:([\w-]+): )?"([^"]+)"/g)];
    expect(named.length, row).toBeGreaterThan(0);
    for (const [, room, title] of named) {
      file = room ?? file;
      const text = readFileSync(join(root, `test/testing/${file}.test.ts`), 'utf8');
      expect(text.includes(title!), `${file}: ${title}`).toBe(true);
    }
  }
});
