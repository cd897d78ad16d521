import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../src/node.ts';
import { createOrVersion, download } from '../../src/services/datasets/index.ts';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { noWait, withClock } from '../clock.ts';
import { pattern } from '../conformance/assert.ts';
import { downFault, fileSize, upFault } from './random/faults.ts';
import { counts, expectSurvivors, firstDifference, hold, outcome, summarize } from './random/run.ts';

/** Random faults over real sockets and files: a dataset goes up from a folder, and comes back into another. */
let server: ServedEmulator;
let folder: string;
beforeAll(async () => {
  server = await serveEmulator({ executor: scriptedExecutor(() => {}), lag: 0, processing: 0 });
  folder = await mkdtemp(join(tmpdir(), 'kaggle-ts-random-'));
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
  summarize('over sockets');
});

const values = fileSize.chain((size) =>
  fc.record({
    size: fc.constant(size),
    up: fc.array(upFault(size), { maxLength: 4, size: 'max' }),
    down: fc.array(downFault(size, 'both'), { maxLength: 4, size: 'max' }),
  }),
);

test('a dataset goes up and comes back: the right bytes, or a clean refusal', { timeout: 900_000 }, async () => {
  let count = 0;
  const before = { ...counts };
  await hold(values, 25, async ({ size, up, down }) => {
    const { emulator, url } = server;
    await emulator.reset();
    const client = withClock(createClient({ endpoint: url, token: 'KGAT_test', retry: 0 }), noWait);
    const quick = { stallTimeout: 10 };
    const here = await mkdtemp(join(folder, `run-${++count}-`));
    const data = pattern(size, count);
    await writeFile(join(here, 'a.bin'), data);
    await writeFile(join(here, 'b.txt'), 'beside it');
    for (const fault of up) emulator.faults.add(fault);
    const dataset = { owner: 'alice', slug: 'random-data', files: [here] };
    const made = await outcome(createOrVersion(client, dataset, quick), emulator, up);
    const versions = emulator.state.datasets.get('alice/random-data')?.versions ?? [];
    expect(versions).toHaveLength(made ? 1 : 0);
    const file = versions[0]?.files.find(({ name }) => name === 'a.bin');
    if (!file) return;
    expect(firstDifference(file.data, data)).toBeUndefined();

    emulator.faults.clear();
    for (const fault of down) emulator.faults.add(fault);
    const contents = [file.data];
    Object.defineProperty(file, 'data', { get: () => contents.at(-1), set: (changed) => contents.push(changed) });
    const back = join(here, 'back');
    const got = await outcome(
      download(client, { owner: 'alice', slug: 'random-data', file: 'a.bin' }, back, quick),
      emulator,
      down,
    );
    const names: string[] = await readdir(back).catch(() => []);
    expect(names.includes('a.bin')).toBe(got !== undefined);
    if (!got) return;
    const found = new Uint8Array(await readFile(join(back, 'a.bin')));
    expect(contents.map((content) => firstDifference(found, content))).toContain(undefined);
  });
  // 90 of 100 do, one way and back.
  expectSurvivors(0.6, before);
});
