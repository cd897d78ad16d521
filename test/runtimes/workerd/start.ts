import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { trusted } from '../../tls/authority.ts';
import type { Start } from '../start.ts';

/** workerd by Miniflare, with an R2 bucket and a KV namespace in memory. */
export const start: Start = async (rounds, bundles, onResult) => {
  // Miniflare reads them when it is imported.
  Object.assign(process.env, trusted);
  const { Miniflare } = await import('miniflare');
  const complaints: string[] = [];
  const worker = new Miniflare({
    // Named as a module of its own: Miniflare then does not look for others, and leaves dynamic imports alone.
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: await readFile(bundles.workerd, 'utf8') }],
    compatibilityDate: '2026-07-30',
    cf: false,
    r2Buckets: ['BUCKET'],
    kvNamespaces: ['STATE'],
    handleRuntimeStdio(stdout: Readable, stderr: Readable) {
      stdout.resume();
      stderr.on('data', (chunk) => complaints.push(String(chunk)));
    },
  });
  try {
    await worker.ready;
    for (const settings of rounds) {
      const response = await worker.dispatchFetch('http://worker/', { method: 'POST', body: JSON.stringify(settings) });
      if (!response.ok || !response.body)
        throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
      const lines = createInterface({ input: Readable.fromWeb(response.body as never) });
      for await (const line of lines) if (line !== '') onResult(JSON.parse(line));
    }
  } catch (error) {
    throw new Error(`workerd: ${(error as Error).message}\n${complaints.join('').slice(-4000)}`, { cause: error });
  } finally {
    await worker.dispose();
  }
};
