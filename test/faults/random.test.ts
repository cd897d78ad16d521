import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { bytesSource } from '../../src/core/bytes/sources.ts';
import { uploadBlob } from '../../src/core/transfer/upload/upload.ts';
import { createClient, memoryPlatform } from '../../src/index.ts';
import { download } from '../../src/services/datasets/index.ts';
import { createEmulator, type EmulatorOptions, scriptedExecutor } from '../../src/testing/index.ts';
import { noWait, withClock } from '../clock.ts';
import { pattern } from '../conformance/assert.ts';
import { downFault, fileSize, upFault } from './random/faults.ts';
import { counts, expectSurvivors, firstDifference, hold, outcome, runs, summarize } from './random/run.ts';

afterAll(() => summarize('in the process'));

const hashes = fc.constantFrom('both' as const, 'crc32c' as const, 'md5' as const, 'none' as const);
const few = 250;

function world(options: EmulatorOptions) {
  const emulator = createEmulator({ executor: scriptedExecutor(() => {}), lag: 0, processing: 0, ...options });
  const platform = memoryPlatform();
  const client = withClock(createClient({ token: 'KGAT_test', fetch: emulator.fetch, platform, retry: 0 }), noWait);
  return { emulator, platform, client };
}

const quick = { stallTimeout: 10 };

test('uploads: the right bytes, or a clean refusal', { timeout: 900_000 }, async () => {
  const values = fileSize.chain((size) =>
    fc.record({
      size: fc.constant(size),
      hashes,
      faults: fc.array(upFault(size), { minLength: 1, maxLength: 6, size: 'max' }),
    }),
  );
  const before = { ...counts };
  await hold(values, few, async ({ size, hashes, faults }) => {
    // Without CRC-32C, a file in parts is only counted: nothing tells that a byte was changed on the way.
    const visible = faults.filter(({ kind }) => /both|crc32c/.test(hashes) || kind !== 'flip');
    const { emulator, client } = world({ hashes, faults: visible });
    const data = pattern(size, size + 1);
    const options = { ...quick, limits: { partSize: 262_144 } };
    const start = { type: 'DATASET' as const, name: 'a.bin' };
    const ended = await outcome(uploadBlob(client, bytesSource(data, 'a.bin'), start, options), emulator, visible);
    if (!ended) return;
    const upload = [...emulator.state.uploads.values()].find(({ token }) => token === ended.token)!;
    expect(upload.done).toBe(true);
    expect(firstDifference(upload.bytes.whole(), data)).toBeUndefined();
  });
  expect(counts.runs).toBeGreaterThanOrEqual(runs(few));
  // 92 of 100 do.
  expectSurvivors(0.75, before);
});

test('downloads: the right bytes, or a clean refusal and no file', { timeout: 900_000 }, async () => {
  const values = fc.record({ size: fileSize, hashes }).chain(({ size, hashes }) =>
    fc.record({
      size: fc.constant(size),
      hashes: fc.constant(hashes),
      faults: fc.array(downFault(size, hashes), { minLength: 1, maxLength: 6, size: 'max' }),
    }),
  );
  const before = { ...counts };
  await hold(values, few, async ({ size, hashes, faults }) => {
    const { emulator, platform, client } = world({ hashes, faults });
    // All that the file ever was is right, if it is whole.
    const contents = [pattern(size, size + 2)];
    const file = {
      name: 'a.bin',
      created: Date.now() - 1e6,
      get data() {
        return contents.at(-1)!;
      },
      set data(changed) {
        contents.push(changed);
      },
    };
    const about = { title: 'some', subtitle: '', description: '', licenseName: '', isPrivate: true, keywords: [] };
    const version = { number: 1, notes: '', files: [file], created: file.created, readyAt: file.created };
    emulator.state.datasets.set('alice/some-data', {
      id: 1,
      owner: 'alice',
      slug: 'some-data',
      versions: [version],
      ...about,
    });
    const target = { owner: 'alice', slug: 'some-data', file: 'a.bin' };
    const ended = await outcome(download(client, target, '/out', quick), emulator, faults);
    const found = platform.files.get('/out/a.bin');
    if (!ended) {
      expect(found).toBeUndefined();
      return;
    }
    expect(contents.map((content) => firstDifference(found!, content))).toContain(undefined);
  });
  // 82 of 100 do.
  expectSurvivors(0.6, before);
});
