import { describe, expect, test } from 'vitest';
import { IntegrityError, TransferError } from '../../src/core/errors.ts';
import type { PartialSink } from '../../src/core/platform.ts';
import type { Progress } from '../../src/core/progress.ts';
import { type DownloadOptions, download } from '../../src/core/transfer/download/download.ts';
import { fakeServer, md5, sample, slowCrc32c } from './transfer-storage.ts';

const url = 'https://storage.test/object?signature=secret';
const bytes = sample(2_000_000);
const crc = slowCrc32c(bytes);

interface Request_ {
  start: number;
  end: number;
  ranged: boolean;
  index: number;
}

interface Storage {
  content: Uint8Array<ArrayBuffer>;
  etag: string | null;
  hash: string;
  /** Changes the answer to a request. */
  answer?: (request: Request_) => Response | undefined;
  /** Changes a piece of a body before it is sent; an error breaks the connection off. */
  send?: (chunk: Uint8Array<ArrayBuffer>, position: number, request: Request_) => Uint8Array<ArrayBuffer> | Error;
  ignoreRange?: (request: Request_) => boolean;
  acceptRanges: boolean;
}

/** A storage whose connections are slow: 20,000 bytes a millisecond each. */
function slowStorage(given: Partial<Storage> = {}) {
  const storage: Storage = { content: bytes, etag: '"v1"', hash: `crc32c=${crc}`, acceptRanges: true, ...given };
  const server = fakeServer();
  const requests: Request_[] = [];
  const seen = { conditions: [] as (string | null)[], atOnce: 0, most: 0, cancelled: 0 };
  server.objects.set('/object', (message) => {
    const { content, etag, hash } = storage;
    const match = /^bytes=(\d+)-(\d*)$/.exec(message.headers.get('range') ?? '');
    const condition = message.headers.get('if-range');
    const request: Request_ = {
      start: Number(match?.[1] ?? 0),
      end: match?.[2] ? Number(match[2]) + 1 : content.length,
      ranged: match !== null,
      index: requests.length,
    };
    requests.push(request);
    seen.conditions.push(condition);
    const special = storage.answer?.(request);
    if (special) return special;
    const partial = match !== null && (condition === null || condition === etag) && !storage.ignoreRange?.(request);
    let at = partial ? request.start : 0;
    const end = partial ? request.end : content.length;
    seen.atOnce++;
    seen.most = Math.max(seen.most, seen.atOnce);
    let open = true;
    const close = () => {
      if (open) seen.atOnce--;
      open = false;
    };
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          const chunk = content.slice(at, Math.min(at + 20_000, end));
          const sent = storage.send?.(chunk, at, request) ?? chunk;
          if (sent instanceof Error) {
            close();
            return controller.error(sent);
          }
          at += chunk.length;
          if (sent.length > 0) controller.enqueue(sent);
          if (at < end) return;
          close();
          controller.close();
        },
        cancel() {
          seen.cancelled++;
          close();
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(body, {
      status: partial ? 206 : 200,
      headers: {
        'content-length': String(end - (partial ? request.start : 0)),
        ...(storage.acceptRanges && { 'accept-ranges': 'bytes' }),
        ...(etag && { etag }),
        ...(hash && { 'x-goog-hash': hash }),
        ...(partial && { 'content-range': `bytes ${request.start}-${end - 1}/${content.length}` }),
      },
    });
  });
  const limits = { connections: 4, minBytes: 50_000, intervalMs: 8, minSeconds: 0, fastRate: Number.POSITIVE_INFINITY };
  const fs = server.client.platform.fs!;
  const opened: PartialSink[] = [];
  const open = async () => {
    opened.push(await fs.partial!('out/object'));
    return opened.at(-1)!;
  };
  const run = (options: Partial<DownloadOptions> = {}) =>
    download(server.client, { url }, open, { file: 'object', limits, ...options });
  const result = async () => {
    const source = await fs.source('out/object');
    return new Uint8Array(await new Response(await source.slice(0, source.size)).arrayBuffer());
  };
  return { storage, server, requests, seen, run, result, fs, opened, limits };
}

/** Whether both are the same, without printing two megabytes when not. */
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

describe('a large file over several connections', () => {
  test('is whole, verified by the combined checksum, and each range is conditional', async () => {
    const { run, result, requests, seen } = slowStorage();
    const events: Progress[] = [];
    expect(await run({ onProgress: (event) => events.push(event) })).toMatchObject({ verified: 'crc32c' });
    expect(same(await result(), bytes)).toBe(true);
    expect(seen.most).toBe(4);
    expect(requests.length).toBeGreaterThan(3);
    expect(new Set(seen.conditions.slice(1))).toEqual(new Set(['"v1"']));
    expect(seen.atOnce).toBe(0);
    const transferred = events.map((event) => event.transferred);
    expect(transferred).toEqual([...transferred].sort((a, b) => a - b));
    expect(events.at(-1)).toMatchObject({ transferred: bytes.length, total: bytes.length, attempt: 1 });
  });

  test.each<[string, Partial<Storage>, string]>([
    ['a checksum that must be counted in order', { hash: `md5=${md5(bytes)}` }, 'md5'],
    ['a storage that does not offer ranges', { acceptRanges: false }, 'crc32c'],
  ])('one stream for %s', async (_name, given, verified) => {
    const { run, result, requests } = slowStorage(given);
    expect(await run()).toMatchObject({ verified });
    expect(same(await result(), bytes)).toBe(true);
    expect(requests).toHaveLength(1);
  });

  test('one stream when one connection is fast enough, or no more are allowed', async () => {
    for (const limits of [{ fastRate: 1 }, { minSeconds: 60 }, { connections: 1 }, { minBytes: bytes.length }]) {
      const { run, requests, limits: all } = slowStorage();
      await run({ limits: { ...all, ...limits } });
      expect(requests).toHaveLength(1);
    }
  });

  test('several without any checksum: the validator holds them together', async () => {
    const { run, result, seen } = slowStorage({ hash: '' });
    expect(await run()).toMatchObject({ verified: 'length' });
    expect(seen.most).toBe(4);
    expect(same(await result(), bytes)).toBe(true);
  });

  test('a range that is ignored: what the first connection brings anyway is left to it', async () => {
    const { run, result, requests, seen } = slowStorage({ ignoreRange: () => true });
    expect(await run()).toMatchObject({ verified: 'crc32c' });
    expect(same(await result(), bytes)).toBe(true);
    expect(requests.length).toBeLessThanOrEqual(4);
    expect(seen.cancelled).toBe(requests.length - 1);
  });

  test('a flipped byte in one range is an IntegrityError after clean retries; once, and it is fetched anew', async () => {
    let flips = 1;
    const flip: Storage['send'] = (chunk, position) => {
      if (position <= 1_500_000 && position + chunk.length > 1_500_000 && flips-- > 0) {
        chunk[1_500_000 - position]! ^= 4;
      }
      return chunk;
    };
    const once = slowStorage({ send: flip });
    expect(await once.run()).toMatchObject({ verified: 'crc32c' });
    expect(same(await once.result(), bytes)).toBe(true);
    flips = 100;
    const always = slowStorage({ send: flip });
    await expect(always.run()).rejects.toThrow(IntegrityError);
    expect(await always.fs.stat('out/object')).toBeUndefined();
    expect((await always.fs.partial!('out/object')).saved).toBeUndefined();
  });

  test('the object changes in the middle: all of the new one, nothing of the old', async () => {
    const other = sample(bytes.length, 7);
    const setup = slowStorage();
    setup.storage.answer = ({ index }) => {
      if (index === 2)
        Object.assign(setup.storage, { content: other, etag: '"v2"', hash: `crc32c=${slowCrc32c(other)}` });
      return undefined;
    };
    expect(await setup.run()).toMatchObject({ verified: 'crc32c' });
    expect(same(await setup.result(), other)).toBe(true);
  });

  test('416 for a range: the object is another one', async () => {
    const shorter = sample(300_000, 7);
    const setup = slowStorage();
    setup.storage.answer = ({ index }) => {
      if (index !== 1) return undefined;
      Object.assign(setup.storage, { content: shorter, etag: '"v2"', hash: `crc32c=${slowCrc32c(shorter)}` });
      return new Response(null, { status: 416, headers: { 'content-range': 'bytes */300000' } });
    };
    expect(await setup.run()).toMatchObject({ size: 300_000 });
    expect(same(await setup.result(), shorter)).toBe(true);
  });

  test.each([429, 503, 403])('further connections that are refused (HTTP %i) do no harm', async (status) => {
    const { run, result, storage } = slowStorage();
    storage.answer = ({ index }) => (index > 0 ? new Response('no', { status }) : undefined);
    expect(await run({ retries: 0 })).toMatchObject({ verified: 'crc32c' });
    expect(same(await result(), bytes)).toBe(true);
  });

  test('connections that break again and again lose no byte', async () => {
    let chunks = 0;
    const { run, result, requests } = slowStorage({
      send: (chunk) => (++chunks % 9 === 0 ? new TypeError('terminated') : chunk),
    });
    expect(await run()).toMatchObject({ verified: 'crc32c' });
    expect(same(await result(), bytes)).toBe(true);
    expect(requests.length).toBeGreaterThan(4);
  });

  test('random faults on random connections: the file, or an error, never other bytes', async () => {
    let seed = 20_240_601;
    const random = () => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return seed / 2 ** 32;
    };
    let survived = 0;
    for (let round = 0; round < 12; round++) {
      const content = sample(500_000, round);
      const { run, result, fs } = slowStorage({
        content,
        hash: `crc32c=${slowCrc32c(content)}`,
        send: (chunk) => (random() < 0.02 ? new TypeError('terminated') : random() < 0.02 ? chunk.slice(0, 1) : chunk),
        ignoreRange: () => random() < 0.1,
        answer: () => (random() < 0.05 ? new Response('busy', { status: 503 }) : undefined),
      });
      const outcome = await run().catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome, `seed ${seed}`).toBeInstanceOf(TransferError);
        expect(outcome.message, `seed ${seed}`).toMatch(
          /(connection was lost|HTTP 503|instead of the requested range).* 6 times|checksum mismatch/,
        );
        expect(await fs.stat('out/object'), `seed ${seed}`).toBeUndefined();
      } else {
        expect(same(await result(), content), `seed ${seed}`).toBe(true);
        survived++;
      }
    }
    expect(survived).toBeGreaterThanOrEqual(9);
  });
});

describe('going on later', () => {
  const halfway = async (given: Partial<Storage> = {}) => {
    const setup = slowStorage(given);
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ transferred }: Progress) => {
      if (transferred > 1_200_000) controller.abort(reason);
    };
    await expect(setup.run({ signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(setup.seen.atOnce).toBe(0);
    expect(await setup.fs.stat('out/object')).toBeUndefined();
    const before = setup.requests.splice(0).length;
    return { ...setup, before };
  };
  const asked = (requests: readonly Request_[]) => requests.reduce((sum, { start, end }) => sum + end - start, 0);

  test('an abort closes all connections; what came is not fetched again', async () => {
    const { run, result, requests, seen, before } = await halfway();
    expect(before).toBeGreaterThan(1);
    const events: number[] = [];
    const options = { limits: { connections: 1 }, onProgress: (event: Progress) => events.push(event.transferred) };
    expect(await run(options)).toMatchObject({ verified: 'crc32c', size: bytes.length });
    expect(same(await result(), bytes)).toBe(true);
    expect(asked(requests)).toBeLessThan(850_000);
    expect(events[0]).toBeGreaterThan(1_150_000);
    expect(seen.conditions.at(-1)).toBe('"v1"');
  });

  test('with md5 what is of one piece from the start', async () => {
    const { run, result, requests } = await halfway({ hash: `md5=${md5(bytes)}` });
    expect(await run()).toMatchObject({ verified: 'md5' });
    expect(same(await result(), bytes)).toBe(true);
    expect(requests).toHaveLength(1);
    expect(requests[0]!.start).toBeGreaterThan(1_150_000);
  });

  test('kept bytes that are no longer what they were are noticed, and fetched anew', async () => {
    const { run, result, fs } = await halfway();
    const sink = await fs.partial!('out/object');
    await sink.write(new Uint8Array([1, 2, 3]), 1000);
    await sink.leave();
    expect(await run()).toMatchObject({ verified: 'crc32c' });
    expect(same(await result(), bytes)).toBe(true);
  });

  test('the object has changed: nothing of the old one', async () => {
    const { run, result, storage } = await halfway();
    const other = sample(bytes.length, 7);
    Object.assign(storage, { content: other, etag: '"v2"', hash: `crc32c=${slowCrc32c(other)}` });
    expect(await run()).toMatchObject({ verified: 'crc32c' });
    expect(same(await result(), other)).toBe(true);
  });

  test('a server that ignores ranges: skipped, not appended', async () => {
    const { run, result, storage } = await halfway();
    storage.ignoreRange = () => true;
    expect(await run()).toMatchObject({ verified: 'crc32c' });
    expect(same(await result(), bytes)).toBe(true);
  });

  test('without validator and checksum nothing is kept', async () => {
    const { run, result, requests, opened } = await halfway({ etag: null, hash: '' });
    expect(await run()).toMatchObject({ verified: 'length' });
    expect(opened.at(-1)!.saved).toBeUndefined();
    expect(requests).toEqual([{ start: 0, end: bytes.length, ranged: false, index: 0 }]);
    expect(same(await result(), bytes)).toBe(true);
  });

  test('giving up keeps what came, unless the object is gone (404)', async () => {
    for (const [status, keeps] of [
      [503, true],
      [403, true],
      [404, false],
    ] as const) {
      const setup = await halfway();
      setup.storage.answer = () => new Response('no', { status });
      await expect(setup.run({ retries: 1 })).rejects.toThrow(`HTTP ${status}`);
      const { saved } = await setup.fs.partial!('out/object');
      expect(saved !== undefined, String(status)).toBe(keeps);
    }
  });
});
