import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { caches } from '../caches.ts';
import { filesystemCases } from './filesystem-cases.ts';
import { scratchFolder } from './scratch.ts';

const run = promisify(execFile);
const root = scratchFolder();
const bin = (name: string) => join(import.meta.dirname, '../../node_modules/.bin', name);
const runner = join(import.meta.dirname, 'runners/server.ts');
const deno = ['run', '--no-prompt', '--node-modules-dir=manual', '--no-lock', '--no-remote'];

/** Runs `file` with an environment of its own and answers the JSON of its last line. */
async function last(command: string, args: string[], folder: string): Promise<unknown> {
  const env = {
    PATH: process.env.PATH,
    HOME: `${folder}/home`,
    XDG_STATE_HOME: `${folder}/state`,
    KAGGLE_TS_TEST: 'yes',
    NO_COLOR: '1',
    ...caches,
  };
  const { stdout } = await run(command, args, { env });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

describe.each([
  ['deno', bin('deno'), [...deno, '-A']],
  ['bun', bin('bun'), ['run']],
  ['node', join(import.meta.dirname, '../../node_modules/node22/bin/node'), []],
])('%s', (name, command, args) => {
  test('every case passes in the real runtime', async () => {
    const folder = join(root, name);
    const outcome = (await last(command, [...args, runner, name, folder], folder)) as { passed: number };
    expect(outcome).toEqual({ passed: expect.any(Number), failures: [] });
    expect(outcome.passed).toBeGreaterThan(Object.keys(filesystemCases).length + 12);
  });
});

describe.each([
  ['deno', bin('deno'), [...deno, '-A']],
  ['bun', bin('bun'), ['run']],
  ['node', process.execPath, []],
])('%s', (name, command, args) => {
  test('what comes packed, though nobody asked for that, is unpacked; an error where it was truncated', async () => {
    const plain = randomBytes(100_000);
    const packed: Record<string, Buffer> = {
      gzip: gzipSync(plain),
      deflate: deflateSync(plain),
      br: brotliCompressSync(plain),
    };
    const server = createServer((request, response) => {
      const [, coding, how] = request.url!.split('/');
      const body = packed[coding!]!.subarray(0, how === 'whole' ? undefined : -20);
      response.writeHead(200, { 'content-encoding': coding, 'content-length': body.length }).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const paths = Object.keys(packed).flatMap((coding) => [`${coding}/whole`, `${coding}/truncated`]);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const program = join(import.meta.dirname, 'runners/content-coding.ts');
    const expected = ['fetch', 'call'].flatMap((way) =>
      paths.map((path) => [`${way} ${path}`, path.endsWith('whole') ? plain.length : 'error']),
    );
    const found = await last(command, [...args, program, name, url, ...paths], join(root, `${name}-coding`));
    expect(found).toEqual(Object.fromEntries(expected));
  });
});

describe('deno without permissions', () => {
  const script = join(import.meta.dirname, 'runners/deno-permissions.ts');

  test('variables read as unset, and a file says which flag is missing', async () => {
    const folder = join(root, 'deno-none');
    expect(await last(bin('deno'), [...deno, script, `${folder}/x.csv`], folder)).toEqual({
      variable: 'undefined',
      home: 'undefined',
      state: 'undefined',
      file: `cannot read "${folder}/x.csv": permission denied; run deno with --allow-read and --allow-write`,
    });
  });

  test('with --allow-env for one variable, that one is read', async () => {
    const folder = join(root, 'deno-one');
    const args = [...deno, '--allow-env=KAGGLE_TS_TEST', script, `${folder}/x.csv`];
    expect(await last(bin('deno'), args, folder)).toMatchObject({ variable: 'yes', home: 'undefined' });
  });
});
