import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { describe, expect, test } from 'vitest';
import { briefKernels } from '../caches.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Output of a program; fails when it does not end by itself. */
function output(program: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd: root, timeout: 150_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

describe('a served emulator runs a kernel, stops it, hands out its files, and the process ends', () => {
  test.each([
    ['Node 22', 'node_modules/node22/bin/node', [briefKernels]],
    ['the newest Node', 'node_modules/node/bin/node', [briefKernels]],
    ['Deno', 'node_modules/.bin/deno', ['run', `--v8-flags=${briefKernels}`, '-A']],
    ['Bun', 'node_modules/.bin/bun', []],
  ])('%s', async (_name, program, args) => {
    const said = await output(program, [...args, 'test/testing/runtime-job.ts']);
    expect(JSON.parse(said)).toEqual({
      status: 'CANCEL_ACKNOWLEDGED',
      name: 'out.txt',
      content: 'hihi',
      twoOrigins: true,
      end: 'data: END_OF_LOG',
    });
  });
});

test('the emulator runs in workerd, without modules of Node', async () => {
  const bundle = await build({
    stdin: {
      contents: `
        import { createEmulator, scriptedExecutor } from './src/testing/index.ts';
        const executor = scriptedExecutor(({ onOutput }) => onOutput('stdout', 'done\\n'));
        const emulator = createEmulator({ executor, lag: 0 });
        const ask = (path, body) => emulator.fetch(new Request('https://api.kaggle.com/v1/kernels' + path, {
          method: body ? 'POST' : 'GET',
          headers: { 'content-type': 'application/json', authorization: 'Bearer KGAT_test', accept: 'text/event-stream' },
          body: body && JSON.stringify(body),
        }));
        export default {
          async fetch() {
            const job = { slug: 'alice/some-job', newTitle: 'Some job', text: 'pass', language: 'python' };
            const pushed = await ask('.KernelsApiService/SaveKernel', job);
            const log = await ask('/logs/stream/alice/some-job');
            const reason = (options) => createEmulator(options).ready.catch(({ name, message }) => name + ': ' + message);
            const datasets = [{ owner: 'alice', slug: 'my-data', files: { 'a.txt': new Blob(['a']) } }];
            return Response.json({
              pushed: await pushed.json(),
              log: await log.text(),
              data: await reason({ data: '/data' }),
              folder: await reason({ fixtures: '/fixtures' }),
              plain: await reason({ fixtures: { datasets } }),
            });
          },
        };
      `,
      resolveDir: root,
      sourcefile: 'worker.js',
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    external: ['pyodide'],
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  expect(bundle.warnings).toEqual([]);
  const code = bundle.outputFiles[0]!.text;
  expect(code).not.toMatch(/(?:from|import\()\s*["']node:/);
  const modules = [{ type: 'ESModule' as const, path: 'worker.mjs', contents: code }];
  const workerd = new Miniflare({ modules, compatibilityDate: '2026-07-30', cf: false });
  try {
    const response = await workerd.dispatchFetch('http://localhost/');
    const { pushed, log, ...folders } = (await response.json()) as { pushed: object; log: string };
    expect(pushed).toMatchObject({ ref: '/code/alice/some-job', versionNumber: 1 });
    expect(log).toMatch(/data: .*"done\\n".*\n\ndata: END_OF_LOG/);
    expect(folders).toEqual({
      data: expect.stringMatching(/^MissingCapabilityError: data: .*omit the option/),
      folder: expect.stringMatching(/^MissingCapabilityError: fixtures: .*pass an object, /),
      plain: { loaded: { datasets: 0, kernels: 0 }, added: { datasets: 1, kernels: 0 } },
    });
  } finally {
    await workerd.dispose();
  }
});
