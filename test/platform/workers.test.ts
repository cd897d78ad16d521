import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, expect, test } from 'vitest';

let worker: Miniflare | undefined;

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'runners/worker.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    conditions: ['workerd', 'worker', 'browser'],
  });
  worker = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    compatibilityDate: '2026-07-30',
    cf: false,
    bindings: { KAGGLE_API_TOKEN: 'KGAT_test' },
    r2Buckets: ['BUCKET'],
    kvNamespaces: ['KV'],
  });
  await worker.ready;
});
afterAll(() => worker?.dispose());

test.each([
  ['r2', 13],
  ['state', 6],
  ['rest', 32],
])('every case of %s passes in workerd', async (area, atLeast) => {
  const response = await worker?.dispatchFetch(`http://worker/${area}`);
  const text = (await response?.text()) ?? '';
  expect(response?.status, text).toBe(200);
  const outcome = JSON.parse(text) as { passed: number };
  expect(outcome).toEqual({ passed: expect.any(Number), failures: [] });
  expect(outcome.passed).toBeGreaterThanOrEqual(atLeast);
});
