import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ByteSource, Platform } from '../../src/core/platform.ts';
import type { Progress } from '../../src/core/progress.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { type UploadOptions, uploadBlob } from '../../src/core/transfer/upload/upload.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import type { Fault } from '../../src/testing/index.ts';
import { type ServedEmulator, serveEmulator } from '../../src/testing/index.ts';
import { withClock } from '../clock.ts';
import { sample } from '../contract/transfer-storage.ts';
import { asked } from './upload-processes.ts';

const MiB = 2 ** 20;
const bytes = sample(9 * MiB + 5);
const size = bytes.length;
let folder: string;
let path: string;
let served: ServedEmulator;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upload-long-'));
  path = join(folder, 'data.bin');
  await writeFile(path, bytes);
  served = await serveEmulator();
});
afterEach(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

/** The ways in which a platform sends a large file in one request. */
const ways: Record<string, () => { platform: Platform; fetch?: (request: Request) => Promise<Response> }> = {
  'put of the platform': () => ({ platform: nodePlatform() }),
  'fetch with a stream': () => ({ platform: nodePlatform(), fetch }),
  'put of the platform, for a source without positional reads': () => ({ platform: nodePlatform() }),
};

interface Sent {
  events: Progress[];
  pauses: number[];
  verified: string;
}

async function upload(
  way: string,
  options: UploadOptions = {},
  change: Partial<ByteSource> = {},
  file = path,
): Promise<Sent> {
  const pauses: number[] = [];
  const client = withClock(createClient({ endpoint: served.url, token: 'KGAT_test', retry: false, ...ways[way]!() }), {
    sleep: async (ms) => void pauses.push(ms),
  });
  const source: ByteSource = { ...(await client.platform.fs!.source(file)), ...change };
  if (way.includes('without')) (source as { read?: unknown }).read = undefined;
  const events: Progress[] = [];
  const start = { type: 'DATASET', name: 'data.bin' } as const;
  try {
    const { verified } = await uploadBlob(client, source, start, {
      onProgress: (at) => events.push(at),
      ...options,
    });
    return { events, pauses, verified };
  } finally {
    await source.close?.();
  }
}

function stored(): Uint8Array {
  const done = [...served.emulator.state.uploads.values()].filter((entry) => entry.done);
  expect(done).toHaveLength(1);
  return done[0]!.bytes.whole();
}

const puts = () => asked(served.emulator).filter((what) => what.startsWith('PUT'));

test('where one request cannot carry it to that address: parts, and nothing is lost', async () => {
  let asked = 0;
  const putReaches = () => {
    asked += 1;
    return false;
  };
  ways.parts = () => ({ platform: { ...nodePlatform(), putReaches, sizedStreams: false } });
  const { verified, events } = await upload('parts');
  delete ways.parts;
  expect([verified, asked]).toEqual(['crc32c', 1]);
  expect(puts()).toEqual([`PUT bytes 0-${8 * MiB - 1}/${size}`, `PUT bytes ${8 * MiB}-${size - 1}/${size}`]);
  expect(Buffer.from(stored()).equals(bytes)).toBe(true);
  expect(events.map(({ transferred }) => transferred)).toEqual([0, 8 * MiB, size, size]);
});

test('where put reaches nobody, fetch carries the bytes: it may know a way', async () => {
  const put = () => Promise.reject(new Error('unknown authority'));
  ways.unreached = () => ({ platform: { ...nodePlatform(), put } });
  const { verified, pauses } = await upload('unreached');
  delete ways.unreached;
  expect([verified, pauses]).toEqual(['crc32c', []]);
  expect(puts()).toEqual([`PUT bytes */${size}`, `PUT ${size}`]);
  expect(Buffer.from(stored()).equals(bytes)).toBe(true);
});

describe.each(Object.keys(ways))('a large file in one request: %s', (way) => {
  test('its length is said, its checksum is compared, its progress only rises', async () => {
    const { events, verified } = await upload(way);
    expect(verified).toBe('crc32c');
    expect(puts()).toEqual([`PUT ${size}`]);
    expect(served.emulator.state.requests.at(-1)!.headers).not.toHaveProperty('transfer-encoding');
    expect(Buffer.from(stored()).equals(bytes)).toBe(true);
    expect(events.length).toBeGreaterThan(4);
    expect(events[0]).toMatchObject({ transferred: 0, total: size, attempt: 1 });
    expect(events.at(-1)).toMatchObject({ transferred: size, phase: 'done', eta: 0 });
  });

  const rest = (from: number) => `PUT bytes ${from}-${size - 1}/${size}`;
  const question = `PUT bytes */${size}`;

  test.each<[string, Fault[], string[], number]>([
    [
      'a broken connection: stored bytes are not sent again',
      [{ kind: 'drop', on: 'request', bytes: 3 * MiB }],
      [question, rest(3 * MiB)],
      2,
    ],
    [
      '503 in the middle, and again in the question (defects 15, 16)',
      [
        { kind: 'status', status: 503, when: 'during', bytes: 2 * MiB, headers: { 'retry-after': '3' } },
        { kind: 'status', status: 503, match: { puts: 'query' } },
      ],
      [question, question, rest(2 * MiB)],
      2,
    ],
    ['429 before anything is stored', [{ kind: 'rateLimit', seconds: 2 }], [question, `PUT ${size}`], 2],
    ['less is kept than was sent', [{ kind: 'commitLess', bytes: 4 * MiB }], [rest(4 * MiB)], 1],
    ['nothing at all is kept', [{ kind: 'commitLess', bytes: 0 }], [`PUT ${size}`], 1],
    ['the last answer is lost', [{ kind: 'lostAnswer' }], [question], 1],
    ['the session expires', [{ kind: 'expiredSession', status: 404 }], [`PUT ${size}`], 2],
  ])('%s', async (_name, faults, requests, attempts) => {
    for (const fault of faults) served.emulator.faults.add({ ...fault, match: fault.match ?? { puts: 'data' } });
    const { events, verified, pauses } = await upload(way);
    expect(verified).toBe('crc32c');
    expect(Buffer.from(stored()).equals(bytes)).toBe(true);
    expect(puts().slice(1)).toEqual(requests);
    const reported = events.map(({ transferred }) => transferred);
    expect(reported).toEqual([...reported].sort((a, b) => a - b));
    expect(Math.max(...reported)).toBe(size);
    expect(events.at(-1)!.attempt).toBe(attempts);
    const wanted = faults.map(({ seconds, headers }) => seconds ?? Number(headers?.['retry-after'] ?? 0));
    if (wanted[0]) expect(Math.floor(pauses[0]! / 1000)).toBe(wanted[0]);
  });

  test('silence counts from the last byte that the network took', async () => {
    served.emulator.faults.add({ kind: 'stall', on: 'request', bytes: MiB, match: { puts: 'data' } });
    await upload(way, { stallTimeout: 3 });
    expect(puts()).toEqual([`PUT ${size}`, question, rest(MiB)]);
    expect(Buffer.from(stored()).equals(bytes)).toBe(true);
  });

  test('a file that grows under the upload is noticed', async () => {
    let reads = 0;
    const identity = async () => {
      if (++reads > 1) await appendFile(path, 'more');
      return String(reads);
    };
    await expect(upload(way, {}, { identity })).rejects.toThrow(
      'cannot upload "data.bin": the file changed during the upload',
    );
  });

  test('a file that became shorter is noticed', async () => {
    await expect(upload(way, {}, { size: size + 10 })).rejects.toThrow(
      /data.bin.*(became shorter|was truncated while)/,
    );
    expect([...served.emulator.state.uploads.values()].some((entry) => entry.done)).toBe(false);
  });

  test('an abort rejects with its reason, and the storage keeps what came', async () => {
    served.emulator.faults.add({ kind: 'stall', on: 'request', bytes: MiB, match: { puts: 'data' } });
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ transferred }: Progress) => transferred > 0 && controller.abort(reason);
    await expect(upload(way, { signal: controller.signal, onProgress })).rejects.toBe(reason);
  });
});

describe.each(['put of the platform', 'fetch with a stream'])('a small file: %s', (way) => {
  const content = bytes.subarray(0, 300_000);
  const send = (faults: Fault[] = []) => {
    for (const fault of faults) served.emulator.faults.add({ ...fault, match: { puts: 'data' } });
    return upload(way, {}, {}, join(folder, 'small.bin'));
  };
  beforeEach(() => writeFile(join(folder, 'small.bin'), content));

  test.each<[string, Fault[], string[]]>([
    ['one request with its length', [], []],
    [
      'a broken connection: only what is missing is sent again',
      [{ kind: 'drop', on: 'request', bytes: 100_000 }],
      ['PUT bytes */300000', expect.stringMatching(/^PUT bytes \d+-299999\/300000$/)],
    ],
    ['the last answer is lost', [{ kind: 'lostAnswer' }], ['PUT bytes */300000']],
    ['503 before the body', [{ kind: 'status', status: 503 }], ['PUT bytes */300000', 'PUT 300000']],
    ['the session expires', [{ kind: 'expiredSession', status: 404 }], ['PUT 300000']],
  ])('%s', async (_name, faults, requests) => {
    const { verified, events } = await send(faults);
    expect(verified).toBe('crc32c');
    expect(Buffer.from(stored()).equals(content)).toBe(true);
    expect(puts()).toEqual(['PUT 300000', ...requests]);
    expect(events.at(-1)).toMatchObject({ transferred: 300_000, phase: 'done' });
    for (const { headers } of served.emulator.state.requests) expect(headers).not.toHaveProperty('transfer-encoding');
  });
});
