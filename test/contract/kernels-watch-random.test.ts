import { expect, test } from 'vitest';
import { watch } from '../../src/services/kernels/index.ts';
import { timeline } from '../clock.ts';
import { refuse } from './kernels-fake.ts';
import { createRunsServer, type Script } from './runs-server.ts';

/** Random numbers from 0 to 1 that depend on the seed alone (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomScript(random: () => number): Script {
  const exists = random() * 100;
  const starts = exists + random() * 300;
  const ends = starts + random() * (random() < 0.3 ? 3000 : 200);
  const count = Math.floor(random() * 30);
  const lines = Array.from({ length: count }, (_, index) => {
    const text = random() < 0.3 ? 'again' : `${index} ${'x'.repeat(random() * 50)}`;
    return [((ends - starts) * index) / (count + 1), random() < 0.8 ? `${text}\n` : text] as const;
  });
  const isDeleted = random() < 0.1;
  return {
    exists,
    starts,
    ends,
    lines,
    status: random() < 0.3 ? 'ERROR' : 'COMPLETE',
    ...(isDeleted && { deleted: starts + random() * (ends - starts) }),
    isPrivate: random() < 0.1,
  };
}

/** A response that is none, or `undefined`. */
function randomFault(random: () => number): Response | undefined {
  const kind = Math.floor(random() * 6);
  if (kind === 0) throw new TypeError('fetch failed');
  if (kind === 1) return new Response('<!doctype html>Sorry');
  if (kind === 2) return new Response('');
  if (kind === 3) return refuse(500);
  const limited = refuse(429);
  if (kind === 4) limited.headers.set('retry-after', String(Math.ceil(random() * 30)));
  return limited;
}

test.each(
  Array.from({ length: 6 }, (_, index) => index + 1),
)('whatever happens, each run has one end and its whole log (seed %i)', async (seed) => {
  const random = randomOf(seed);
  const names = Array.from({ length: 1 + Math.floor(random() * 10) }, (_, index) => `job-${index}`);
  const runs = Object.fromEntries(names.map((name) => [name, randomScript(random)]));
  const logs = (['live', 'poll', false] as const)[seed % 3]!;
  const share = random() / 2;
  const clock = timeline();
  const server = createRunsServer(clock, runs, {
    ...(random() < 0.3 && { limit: 10 + Math.floor(random() * 30), retryAfter: 20 }),
    fault: () => (random() < share ? randomFault(random) : undefined),
  });
  const ends = new Map<string, string>();
  const texts = new Map<string, string>();
  const jobs = names.map((name) => ({ ref: `alice/${name}`, versionNumber: 1, name }));
  for await (const event of watch(server.client, jobs, { logs, onWarning: () => {} })) {
    const { name } = event.job;
    expect(ends.has(name), `${name} has already ended`).toBe(false);
    if (event.type === 'log') texts.set(name, (texts.get(name) ?? '') + event.entry.data);
    if (event.type === 'ended') ends.set(name, event.status);
    if (event.type === 'failed') ends.set(name, 'failed');
    // Now and then the consumer is slow.
    if (random() < 0.02) await clock.sleep(random() * 100_000);
  }
  for (const [name, { status, deleted, isPrivate }] of Object.entries(runs)) {
    if (isPrivate) expect(ends.get(name), name).toBe('failed');
    else if (deleted === undefined) {
      expect(ends.get(name), name).toBe(status);
      expect(texts.get(name) ?? '', name).toBe(logs ? server.textOf(name) : '');
    }
  }
  expect([...ends.keys()].sort()).toEqual(names.sort());
  expect(server.busiestMinute()).toBeLessThanOrEqual(40);
  expect(server.connections().open).toBe(0);
});
