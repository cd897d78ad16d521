import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { pattern } from './check.ts';
import { scratchFolder } from './scratch.ts';
import { type StorageServer, startStorage } from './storage-server.ts';
import { bundleWorker, startWorkerd, type Workerd } from './workerd.ts';

const MiB = 2 ** 20;
const folder = scratchFolder();
const runner = (name: string) => bundleWorker(join(import.meta.dirname, 'runners', name));

let storage: StorageServer;
let emulator: ServedEmulator;
beforeAll(async () => {
  storage = await startStorage();
  emulator = await serveEmulator({ executor: scriptedExecutor(async () => {}), lag: 0, processing: 0 });
});
afterAll(async () => {
  storage?.close();
  await emulator?.close();
});

/** Runs `work` in a workerd of its own, which finds what those before it left in R2 and KV. */
async function inWorkerd<T>(script: string, place: string, work: (worker: Workerd) => Promise<T>): Promise<T> {
  const worker = await startWorkerd(script, {
    r2Buckets: ['BUCKET'],
    kvNamespaces: ['KV'],
    r2Persist: join(folder, place, 'r2'),
    kvPersist: join(folder, place, 'kv'),
    bindings: { ENDPOINT: place === 'resume' ? emulator.url : storage.url },
  });
  try {
    return await work(worker);
  } finally {
    await worker.dispose();
  }
}

interface Moved {
  verified: string[];
  used: number;
  peak: number;
}

/** What moving `count` objects of `mib` MiB takes: subrequests, requests at the server, MiB of memory at most. */
async function move(script: string, way: 'up' | 'down', count: number, mib: number) {
  const query = `size=${mib * MiB}&count=${count}`;
  const place = `${count}x${mib}`;
  if (way === 'up') await inWorkerd(script, place, (worker) => worker.ask(`/fill?${query}`));
  return inWorkerd(script, place, async (worker) => {
    storage.reset();
    const moved = await worker.ask<Moved>(`/${way}?${query}`);
    const memory = worker.peakMiB();
    const there = await worker.ask<Record<string, string>>(`/sums?prefix=${way === 'up' ? 'in' : 'out'}`);
    return { ...moved, requests: storage.requests, atOnce: storage.peak, memory, there };
  });
}

test('from R2 and back to it, larger files take no more memory, and few requests', async () => {
  const script = await runner('transfers.ts');
  const small = await move(script, 'up', 1, 16);
  const large = await move(script, 'up', 1, 64);
  // StartBlobUpload and one PUT; of R2 one list, two looks at the version, one read.
  expect(large).toMatchObject({ verified: ['crc32c'], requests: 2, used: 6 });
  expect(storage.uploads.get('0.bin')).toEqual({ size: 64 * MiB, crc32c: large.there['0.bin'] });

  const four = await move(script, 'up', 4, 8);
  expect(four).toMatchObject({ verified: ['crc32c'], requests: 8 });
  expect(Math.max(four.peak, four.atOnce)).toBeLessThanOrEqual(6);
  expect(Object.fromEntries([...storage.uploads].map(([name, { crc32c }]) => [name, crc32c]))).toEqual(four.there);

  const back = await move(script, 'down', 4, 8);
  expect(back).toMatchObject({ verified: ['crc32c'], requests: 8 });
  expect(Math.max(back.peak, back.atOnce)).toBeLessThanOrEqual(6);
  expect(new Set(Object.values(back.there))).toEqual(new Set([storage.hashOf(8 * MiB)]));

  if (small.memory === undefined || large.memory === undefined) return console.log('no /proc: memory is not measured');
  console.log(`workerd at most: ${small.memory.toFixed(0)} MiB for 16 MiB, ${large.memory.toFixed(0)} MiB for 64 MiB`);
  expect(large.memory - small.memory).toBeLessThan(32);
});

test('a Worker resumes the transfer of one that was terminated', async () => {
  const script = await runner('resume.ts');
  const ask = (path: string) => inWorkerd(script, 'resume', (worker) => worker.ask<Record<string, unknown>>(path));
  await ask('/fill?a.bin=3&b.bin=2&c.bin=24');
  const { requests } = emulator.emulator.state;
  /** The uploads that were begun and the bytes that were announced in PUTs since the last time. */
  const since = () => {
    const seen = requests.splice(0);
    const begun = seen
      .filter(({ rpc }) => rpc === 'StartBlobUpload')
      .map(({ body }) => (body as { name: string }).name);
    const sent = seen.filter(({ method }) => method === 'PUT').map(({ headers }) => Number(headers['content-length']));
    return { begun, sent: sent.reduce((sum, bytes) => sum + bytes, 0) };
  };
  expect(await ask('/send?stop=c.bin')).toEqual({ error: 'stopped in c.bin' });
  expect(since().begun).toEqual(['a.bin', 'b.bin', 'c.bin']);

  expect(await ask('/send')).toMatchObject({ versionNumber: 1 });
  const second = since();
  expect(second.begun).toEqual([]);
  expect(second.sent).toBeGreaterThan(0);
  expect(second.sent).toBeLessThan(24 * MiB);
  const made = emulator.emulator.state.datasets.get('alice/from-r2')?.versions.at(-1)?.files ?? [];
  const expected = { 'a.bin': 3, 'b.bin': 2, 'c.bin': 24 };
  expect(Object.fromEntries(made.map(({ name, data }) => [name, data.length / MiB]))).toEqual(expected);
  for (const { name, data } of made) expect(Buffer.compare(data, pattern(data.length)), name).toBe(0);

  // What is done is forgotten: the same files again are another version, sent anew.
  const again = await ask('/send');
  expect(again).toMatchObject({ versionNumber: 2 });
  // Three calls, then for each file a call, a PUT, five operations of R2 and four or five of KV.
  expect(again.used).toBeLessThanOrEqual(40);
  expect(since()).toEqual({ begun: ['a.bin', 'b.bin', 'c.bin'], sent: 29 * MiB });
});
