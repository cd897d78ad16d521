import { describe, expect, test } from 'vitest';
import { fileSource } from '../../src/core/bytes/file-source.ts';
import { bytesSource, streamSource } from '../../src/core/bytes/sources.ts';
import { IntegrityError, TransferError } from '../../src/core/errors.ts';
import type { ByteSource } from '../../src/core/platform.ts';
import type { Progress } from '../../src/core/progress.ts';
import { systemClock } from '../../src/core/sleep.ts';
import { type UploadOptions, uploadBlob } from '../../src/core/transfer/upload/upload.ts';
import { noWait } from '../clock.ts';
import { stopTime } from '../time.ts';
import { type FakeServer, type Fault, fakeServer, sample } from './transfer-storage.ts';

const start = { type: 'DATASET', name: 'data.bin' } as const;
const small = { limits: { partSize: 1000 } };

function upload(server: FakeServer, source: ByteSource, options: UploadOptions = {}) {
  return uploadBlob(server.client, source, start, { ...small, ...options });
}

/** The stored bytes of the only upload that was finished. */
function stored(server: FakeServer): Uint8Array {
  const done = [...server.uploads.values()].filter((entry) => entry.done);
  expect(done).toHaveLength(1);
  return done[0]!.stored;
}

/** Faults for the n-th PUT (1 is the first). */
function faults(server: FakeServer, plan: Record<number, Fault>): void {
  server.fault = ({ count }) => plan[count];
}

describe('uploads', () => {
  test('a file up to the part size: one PUT without Content-Range and without a credential', async () => {
    const server = fakeServer();
    const bytes = sample(1000);
    const modified = new Date(1_700_000_000_900);
    const result = await upload(server, bytesSource(bytes, 'data.bin', modified));
    expect(result).toEqual({ token: 'token-data.bin-1', verified: 'crc32c' });
    expect(server.seen[0]!.json).toEqual({
      type: 'DATASET',
      name: 'data.bin',
      contentLength: 1000,
      lastModifiedEpochSeconds: 1_700_000_000,
    });
    expect(server.puts()).toHaveLength(1);
    expect(server.puts()[0]).toMatchObject({ range: null, length: 1000 });
    expect(server.puts()[0]!.headers.has('authorization')).toBe(false);
    expect(server.puts()[0]!.headers.has('content-type')).toBe(false);
    expect(stored(server)).toEqual(bytes);
  });

  test('an empty file: no contentLength, one PUT of nothing', async () => {
    const server = fakeServer();
    const result = await upload(server, bytesSource(new Uint8Array(0), 'data.bin'));
    expect(result.verified).toBe('crc32c');
    expect(server.seen[0]!.json).not.toHaveProperty('contentLength');
    expect(server.puts()).toMatchObject([{ range: null, length: 0 }]);
  });

  test('an empty file survives a lost answer', async () => {
    const server = fakeServer();
    faults(server, { 1: { lost: true } });
    await upload(server, bytesSource(new Uint8Array(0), 'data.bin'));
    expect(server.puts().map((put) => put.range)).toEqual([null, 'bytes */0', null]);
  });

  test('a larger file goes in parts, and the progress only rises', async () => {
    const server = fakeServer();
    const bytes = sample(2500);
    const events: Progress[] = [];
    await upload(server, bytesSource(bytes, 'data.bin'), { onProgress: (event) => events.push(event) });
    expect(server.puts().map((put) => put.range)).toEqual([
      'bytes 0-999/2500',
      'bytes 1000-1999/2500',
      'bytes 2000-2499/2500',
    ]);
    expect(stored(server)).toEqual(bytes);
    expect(events.map((event) => [event.transferred, event.phase])).toEqual([
      [0, 'upload'],
      [1000, 'upload'],
      [2000, 'upload'],
      [2500, 'upload'],
      [2500, 'done'],
    ]);
  });

  test.each<[string, Record<number, Fault>]>([
    ['308 after a part was stored partially', { 1: { keep: 600, status: 308, headers: { range: 'bytes=0-599' } } }],
    ['503 with bytes stored', { 2: { keep: 256, status: 503 } }],
    ['429, 500, 502 in a row', { 1: { status: 429 }, 3: { status: 500 }, 5: { status: 502 } }],
    ['503 in the question', { 1: { keep: 10, status: 503 }, 2: { status: 503 }, 3: { status: 500 } }],
    ['a connection lost with bytes stored', { 2: { keep: 700, lost: true } }],
    ['a connection lost with nothing stored', { 1: { lost: true } }],
    ['a lost last answer', { 3: { keep: 500, lost: true } }],
    ['a range that makes no sense', { 2: { status: 308, headers: { range: 'bytes=5-9' } } }],
  ])('%s: the stored bytes are the right ones', async (_name, plan) => {
    const server = fakeServer();
    faults(server, plan);
    const bytes = sample(2500);
    expect(await upload(server, bytesSource(bytes, 'data.bin'))).toMatchObject({ verified: 'crc32c' });
    expect(stored(server)).toEqual(bytes);
  });

  test('after a lost connection only what is missing is sent', async () => {
    const server = fakeServer();
    faults(server, { 1: { keep: 600, lost: true } });
    await upload(server, bytesSource(sample(900), 'data.bin'));
    expect(server.puts().map((put) => [put.range, put.length])).toEqual([
      [null, 900],
      ['bytes */900', 0],
      ['bytes 600-899/900', 300],
    ]);
  });

  test('an expired session is replaced by a new one', async () => {
    const server = fakeServer();
    faults(server, { 2: { status: 410 } });
    const bytes = sample(2500);
    const { token } = await upload(server, bytesSource(bytes, 'data.bin'));
    expect(token).toBe('token-data.bin-2');
    expect(stored(server)).toEqual(bytes);
  });

  test('Retry-After is obeyed, up to two minutes', async () => {
    const server = fakeServer();
    faults(server, {
      1: { status: 503, headers: { 'retry-after': '7' } },
      3: { status: 429, headers: { 'retry-after': '2300000000' } },
    });
    await upload(server, bytesSource(sample(10), 'data.bin'));
    expect(server.pauses.map((ms) => Math.floor(ms / 1000))).toEqual([7, 120]);
  });

  test('the error after giving up says why and how far it got, without secrets', async () => {
    const server = fakeServer();
    server.fault = ({ count }) => (count > 1 ? { lost: true } : undefined);
    const failure = await upload(server, bytesSource(sample(2500), 'data.bin')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransferError);
    expect((failure as TransferError).file).toBe('data.bin');
    expect(String(failure)).toContain('1000 of 2500 bytes are stored');
    expect(String(failure) + JSON.stringify(failure)).not.toContain('secret');
  });

  test('a refusal is final and names the status', async () => {
    const server = fakeServer();
    faults(server, { 1: { status: 403 } });
    await expect(upload(server, bytesSource(sample(10), 'data.bin'))).rejects.toThrow(
      'cannot upload "data.bin": HTTP 403',
    );
    expect(server.puts()).toHaveLength(1);
  });

  test('the words of the storage arrive, without a secret', async () => {
    const server = fakeServer();
    const message = 'Invalid upload at https://www.googleapis.com/upload/o?upload_id=secret';
    faults(server, { 1: { status: 400, body: JSON.stringify({ error: { code: 400, message, status: 'INVALID' } }) } });
    await expect(upload(server, bytesSource(sample(10), 'data.bin'))).rejects.toThrow(
      'cannot upload "data.bin": HTTP 400 (INVALID: Invalid upload at https://www.googleapis.com/…/o)',
    );
  });

  test.each(['md5', 'json', 'none'] as const)('verified by what the storage tells: %s', async (hash) => {
    const server = fakeServer();
    server.hash = hash;
    const { verified } = await upload(server, bytesSource(sample(900), 'data.bin'));
    expect(verified).toBe({ md5: 'md5', json: 'crc32c', none: 'length' }[hash]);
  });

  test('md5 only, of a file in several parts: read again where the platform hashes, else the length', async () => {
    const plain = fakeServer();
    plain.hash = 'md5';
    expect(await upload(plain, bytesSource(sample(2500), 'data.bin'))).toMatchObject({ verified: 'length' });
    const { createMd5 } = await import('../../src/core/hash/md5.ts');
    const hashing = fakeServer({ platform: { hasher: (name) => (name === 'md5' ? createMd5() : undefined) } });
    hashing.hash = 'md5';
    expect(await upload(hashing, bytesSource(sample(2500), 'data.bin'))).toMatchObject({ verified: 'md5' });
  });

  test('a wrong checksum is an IntegrityError', async () => {
    const server = fakeServer();
    server.hash = 'wrong';
    await expect(upload(server, bytesSource(sample(10), 'data.bin'))).rejects.toThrow(IntegrityError);
  });

  test('a file that changes under the upload is reported', async () => {
    const server = fakeServer();
    let version = 1;
    const source: ByteSource = { ...bytesSource(sample(2500), 'data.bin'), identity: async () => `v${version}` };
    server.fault = ({ count }) => {
      if (count === 2) version = 2;
      return undefined;
    };
    await expect(upload(server, source)).rejects.toThrow(
      'cannot upload "data.bin": the file changed during the upload',
    );
  });

  test('a file that became shorter is reported', async () => {
    const source: ByteSource = { ...bytesSource(sample(2200), 'data.bin'), size: 2500 };
    await expect(upload(fakeServer(), source)).rejects.toThrow(
      'cannot upload "data.bin": the file became shorter during the upload',
    );
  });

  test('a stalled request counts as lost', async () => {
    const server = fakeServer();
    faults(server, { 1: { keep: 100, stall: true } });
    const bytes = sample(800);
    const pass = stopTime();
    const uploading = upload(server, bytesSource(bytes, 'data.bin'));
    await pass(() => server.puts().length > 1);
    await uploading;
    expect(server.puts().map((put) => put.range)).toEqual([null, 'bytes */800', 'bytes 100-799/800']);
    expect(stored(server)).toEqual(bytes);
  });

  test('an abort rejects at once with the reason of the caller', async () => {
    const server = fakeServer();
    const controller = new AbortController();
    const reason = new Error('enough');
    server.fault = ({ count }) => {
      if (count !== 2) return undefined;
      setTimeout(() => controller.abort(reason));
      return { stall: true };
    };
    await expect(upload(server, bytesSource(sample(2500), 'data.bin'), { signal: controller.signal })).rejects.toBe(
      reason,
    );
    expect(server.puts()).toHaveLength(2);
  });
});

test.each<[string, () => Response, number]>([
  ['an empty object', () => Response.json({}), 1],
  ['headers of the storage', () => new Response(null, { headers: { 'x-goog-generation': '1' } }), 1],
  ['nothing', () => new Response(null), 2],
  ['a web page', () => new Response('<!DOCTYPE html><p>Sign in'), 2],
])('a 200 with %s: requests', async (_name, answer, puts) => {
  const server = fakeServer();
  const { fetch } = server.client;
  let count = 0;
  server.client.fetch = async (request) => {
    const response = await fetch(request);
    return request.method === 'PUT' && ++count === 1 ? answer() : response;
  };
  await upload(server, bytesSource(sample(10), 'data.bin'));
  expect(server.puts()).toHaveLength(puts);
});

describe('a file that the platform reads itself (a Blob)', () => {
  test('goes in parts that are slices of it, and each byte is hashed once', async () => {
    const server = fakeServer();
    const bytes = sample(2500);
    const parts: [number, number][] = [];
    let hashed = 0;
    const source: ByteSource = {
      ...bytesSource(bytes, 'data.bin'),
      slice(start, end) {
        hashed += end - start;
        return bytesSource(bytes, 'data.bin').slice(start, end);
      },
      blob(start, end) {
        parts.push([start, end]);
        return new Blob([bytes.subarray(start, end)]);
      },
    };
    faults(server, { 2: { keep: 256, status: 503 } });
    expect(await upload(server, source)).toMatchObject({ verified: 'crc32c' });
    expect(stored(server)).toEqual(bytes);
    expect(parts).toEqual([
      [0, 1000],
      [1000, 2000],
      [1256, 2256],
      [2256, 2500],
    ]);
    expect(hashed).toBe(2500);
  });

  test('that is read more slowly than it is sent has the right checksum all the same', async () => {
    const server = fakeServer();
    const bytes = sample(2500);
    const sent = Promise.withResolvers<void>();
    server.fault = ({ upload }) => {
      if (upload.stored.length === 2000) sent.resolve();
      return undefined;
    };
    const source: ByteSource = {
      ...bytesSource(bytes, 'data.bin'),
      // What is read for the hash of the last part comes after the storage has taken it.
      slice: (start, end) =>
        new ReadableStream({
          async start(controller) {
            if (end === bytes.length) {
              await sent.promise;
              for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
            }
            controller.enqueue(bytes.slice(start, end));
            controller.close();
          },
        }),
      blob: (start, end) => new Blob([bytes.subarray(start, end)]),
    };
    expect(await upload(server, source)).toMatchObject({ verified: 'crc32c' });
    expect(stored(server)).toEqual(bytes);
  });

  test('that became unreadable is reported', async () => {
    const source: ByteSource = {
      ...bytesSource(sample(2500), 'data.bin'),
      slice: () => Promise.reject(new Error('it is gone')),
      blob: () => new Blob([sample(1000)]),
    };
    await expect(upload(fakeServer(), source)).rejects.toThrow('cannot read "data.bin": it is gone');
  });

  test('a Blob that is given is sent so', async () => {
    const source = fileSource(new File([sample(10)], 'x.bin', { lastModified: 5 }), 'x.bin');
    expect([source.blob!(2, 5).size, source.key]).toEqual([3, 'file:x.bin:10:5']);
    expect(fileSource(new Blob([]), 'x.bin').key).toBeUndefined();
  });
});

test('parts grow while a request is mostly waiting, and shrink after a failure', async () => {
  const MiB = 2 ** 20;
  const clock = { ...systemClock, ...noWait, now: () => 0 };
  const server = fakeServer({ platform: { concurrency: 16, clock } });
  server.hash = 'md5';
  faults(server, { 3: { status: 503 } });
  await upload(server, bytesSource(new Uint8Array(44 * MiB), 'data.bin'), { limits: {} });
  const sizes = server.puts().map((put) => put.length / MiB);
  expect(sizes).toEqual([8, 16, 16, 0, 8, 12]);
});

function streamOf(bytes: Uint8Array, chunk: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(at, at + chunk));
      at += chunk;
    },
  });
}

describe('streams that can be read once', () => {
  test('are sent again from what is still held', async () => {
    const server = fakeServer();
    faults(server, { 2: { keep: 300, lost: true } });
    const bytes = sample(2500);
    const result = await upload(server, streamSource(streamOf(bytes, 170), 'data.bin', 2500));
    expect(result.verified).toBe('crc32c');
    expect(stored(server)).toEqual(bytes);
  });

  test('bytes that are no longer held cannot be sent again, and the error says so', async () => {
    const server = fakeServer();
    faults(server, { 2: { status: 404 } });
    const source = streamSource(streamOf(sample(2500), 170), 'data.bin', 2500);
    await expect(upload(server, source)).rejects.toThrow('a stream can be read only once');
  });

  test.each([
    ['shorter', 2600, 'its stream ended after 2500 of 2600 bytes'],
    ['longer', 2400, 'its stream is longer than its size of 2400 bytes'],
    ['not empty', 0, 'its stream is longer than its size of 0 bytes'],
  ])('%s than announced: nothing is completed', async (_name, size, message) => {
    const server = fakeServer();
    const source = streamSource(streamOf(sample(2500), 170), 'data.bin', size);
    await expect(upload(server, source)).rejects.toThrow(message);
    expect([...server.uploads.values()].some((entry) => entry.done)).toBe(false);
  });
});

test('the bytes held by all uploads of a client stay within the budget', async () => {
  const server = fakeServer();
  let held = 0;
  let most = 0;
  const size = 6 * 2 ** 20;
  const source: ByteSource = {
    size,
    slice: (from, to) => {
      held += to - from;
      most = Math.max(most, held);
      return bytesSource(new Uint8Array(size), 'x').slice(from, to) as ReadableStream<Uint8Array>;
    },
  };
  server.hash = 'none';
  server.fault = () => {
    held -= size;
    return undefined;
  };
  const jobs = Array.from({ length: 8 }, () => uploadBlob(server.client, source, start));
  await Promise.all(jobs);
  // Four requests at once make 16 MiB: two files of 6 MiB fit, a third does not.
  expect(most).toBe(2 * size);
});
