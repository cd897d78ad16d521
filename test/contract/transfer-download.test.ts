import { describe, expect, test } from 'vitest';
import { streamSink } from '../../src/core/bytes/stream-sink.ts';
import { ConnectionError, IntegrityError, PermissionError, TransferError } from '../../src/core/errors.ts';
import type { ByteSink } from '../../src/core/platform.ts';
import type { Progress } from '../../src/core/progress.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { type DownloadOptions, download } from '../../src/core/transfer/download/download.ts';
import { requestStorage } from '../../src/core/transfer/storage.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { withClock } from '../clock.ts';
import { stopTime } from '../time.ts';
import { fakeServer, md5, sample, slowCrc32c } from './transfer-storage.ts';

const url = 'https://storage.test/object?signature=secret';

/** A sink in memory that tells how it ended. */
function memorySink(): ByteSink & { bytes: Uint8Array; ended: string; modified?: Date } {
  const sink = {
    bytes: new Uint8Array(0),
    ended: '',
    modified: undefined as Date | undefined,
    async write(data: Uint8Array, position: number) {
      if (position + data.length > sink.bytes.length) {
        const larger = new Uint8Array(position + data.length);
        larger.set(sink.bytes);
        sink.bytes = larger;
      }
      sink.bytes.set(data, position);
    },
    async commit(options?: { lastModified?: Date }) {
      sink.ended += 'commit';
      sink.modified = options?.lastModified;
    },
    async abort() {
      sink.ended += 'abort';
    },
  };
  return sink;
}

interface Served {
  bytes: Uint8Array;
  etag?: string | null;
  /** Replaces the x-goog-hash header; `null` for none. */
  hash?: string | null;
  headers?: Record<string, string>;
  /** Ends the body with an error after this many bytes. */
  drop?: number;
  /** Ends the body early, as if that were all. */
  cut?: number;
  /** Sends nothing more after this many bytes. */
  stall?: number;
  ignoreRange?: boolean;
  status?: number;
}

/** Answers as a storage does: Range, If-Range, ETag, x-goog-hash. */
function serve(request: Request, served: Served): Response {
  const { bytes, headers, status } = served;
  if (status) return new Response('<html>error page</html>', { status, headers });
  const etag = served.etag === undefined ? `"${md5(bytes)}"` : served.etag;
  const hash = served.hash === undefined ? `crc32c=${slowCrc32c(bytes)},md5=${md5(bytes)}` : served.hash;
  const range = /^bytes=(\d+)-$/.exec(request.headers.get('range') ?? '');
  const condition = request.headers.get('if-range');
  const partial = range && !served.ignoreRange && (condition === null || condition === etag);
  const from = partial ? Number(range[1]) : 0;
  const common = {
    ...(etag && { etag }),
    ...(hash && { 'x-goog-hash': hash }),
    'last-modified': 'Sat, 01 Jun 2024 12:00:00 GMT',
    ...headers,
  };
  if (from >= bytes.length && partial) {
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${bytes.length}` } });
  }
  const part = bytes.slice(from);
  const { drop, cut, stall } = served;
  let at = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const limit = Math.min(drop ?? part.length, cut ?? part.length, stall ?? part.length);
      if (at < limit) {
        controller.enqueue(part.slice(at, Math.min(at + 100, limit)));
        at = Math.min(at + 100, limit);
        return;
      }
      if (stall !== undefined && stall < part.length) return new Promise(() => {});
      if (drop !== undefined && drop < part.length) return controller.error(new TypeError('terminated'));
      controller.close();
    },
  });
  return new Response(body, {
    status: partial ? 206 : 200,
    headers: {
      ...common,
      ...(!('content-encoding' in common) && { 'content-length': String(part.length) }),
      ...(partial && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    },
  });
}

/** A server whose n-th GET is answered by the n-th entry, the last one for all that follow. */
function scripted(...script: Served[]) {
  const server = fakeServer();
  let count = 0;
  server.objects.set('/object', (request) => serve(request, script[Math.min(count++, script.length - 1)]!));
  const gets = () => server.seen.filter((entry) => entry.method === 'GET');
  const run = (sink: ByteSink | (() => Promise<ByteSink>), options: Partial<DownloadOptions> = {}) =>
    download(server.client, { url }, sink, { file: 'object', ...options });
  return { server, gets, run, pauses: server.pauses };
}

const bytes = sample(1000);
const good: Served = { bytes };

describe('downloads', () => {
  test('whole, verified, with its time, asked for without compression and without a credential', async () => {
    const { run, gets } = scripted(good);
    const sink = memorySink();
    const events: Progress[] = [];
    const result = await run(sink, { onProgress: (event) => events.push(event) });
    expect(result).toEqual({ size: 1000, verified: 'crc32c', lastModified: new Date('2024-06-01T12:00:00Z') });
    expect(sink).toMatchObject({ bytes, ended: 'commit', modified: new Date('2024-06-01T12:00:00Z') });
    expect(gets()).toHaveLength(1);
    expect(gets()[0]!.headers.get('accept-encoding')).toBe('identity');
    expect(gets()[0]!.headers.has('authorization')).toBe(false);
    expect(events.at(-1)).toMatchObject({ file: 'object', transferred: 1000, total: 1000, phase: 'done', eta: 0 });
  });

  test.each<[string, Served, string]>([
    ['md5 alone', { bytes, hash: `md5=${md5(bytes)}` }, 'md5'],
    ['no hash', { bytes, hash: null }, 'length'],
    ['a compressed transfer', { bytes, headers: { 'content-encoding': 'gzip' } }, 'none'],
    [
      'a hash of the stored, compressed form',
      { bytes, hash: 'crc32c=AAAAAA==', headers: { 'x-goog-stored-content-encoding': 'gzip' } },
      'length',
    ],
    ['an empty file', { bytes: new Uint8Array(0) }, 'crc32c'],
  ])('%s', async (_name, served, verified) => {
    const { run } = scripted(served);
    const sink = memorySink();
    expect(await run(sink)).toMatchObject({ verified, size: served.bytes.length });
    expect(sink.bytes).toEqual(served.bytes);
  });

  test('a dropped body resumes where it stopped; received bytes are kept', async () => {
    const { run, gets } = scripted({ bytes, drop: 333 }, { bytes, drop: 250 }, good);
    const sink = memorySink();
    const events: number[] = [];
    expect(await run(sink, { onProgress: ({ transferred }) => events.push(transferred) })).toMatchObject({
      verified: 'crc32c',
    });
    expect(sink.bytes).toEqual(bytes);
    expect(gets().map((get) => get.range)).toEqual([null, 'bytes=333-', 'bytes=583-']);
    expect(gets()[1]!.headers.get('if-range')).toBe(`"${md5(bytes)}"`);
    expect(events).toEqual([...events].sort((a, b) => a - b));
  });

  test('a body that just ends early is a dropped one', async () => {
    const { run, gets } = scripted({ bytes, cut: 400 }, good);
    const sink = memorySink();
    await run(sink);
    expect(sink.bytes).toEqual(bytes);
    expect(gets()[1]!.range).toBe('bytes=400-');
  });

  test('a connection that breaks after the last byte has lost nothing', async () => {
    const server = fakeServer();
    server.objects.set('/object', () => {
      let sent = false;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (sent) return controller.error(new TypeError('terminated'));
          sent = true;
          controller.enqueue(bytes);
        },
      });
      return new Response(body, {
        headers: { 'content-length': '1000', 'x-goog-hash': `crc32c=${slowCrc32c(bytes)}` },
      });
    });
    const sink = memorySink();
    expect(await download(server.client, { url }, sink, { file: 'object' })).toMatchObject({ verified: 'crc32c' });
    expect(server.seen).toHaveLength(1);
  });

  test('a stalled body counts as lost', async () => {
    const { run, gets } = scripted({ bytes, stall: 500 }, good);
    const sink = memorySink();
    const pass = stopTime();
    const running = run(sink);
    await pass(() => gets().length > 1);
    await running;
    expect(sink.bytes).toEqual(bytes);
  });

  test('the object changed meanwhile: the file contains only the new one', async () => {
    const other = sample(1000, 9);
    const { run } = scripted({ bytes, drop: 333 }, { bytes: other });
    const sink = memorySink();
    expect(await run(sink)).toMatchObject({ verified: 'crc32c' });
    expect(sink.bytes).toEqual(other);
  });

  test('the object became shorter: a new sink, or an error', async () => {
    const other = sample(200, 9);
    const sinks: ReturnType<typeof memorySink>[] = [];
    const open = async () => {
      sinks.push(memorySink());
      return sinks.at(-1)!;
    };
    expect(await scripted({ bytes, drop: 333 }, { bytes: other }).run(open)).toMatchObject({ size: 200 });
    expect(sinks.map((sink) => sink.ended)).toEqual(['abort', 'commit']);
    expect(sinks[1]!.bytes).toEqual(other);
    const only = memorySink();
    await expect(scripted({ bytes, drop: 333 }, { bytes: other }).run(only)).rejects.toThrow('became shorter');
    expect(only.ended).toBe('abort');
  });

  test('an ignored Range: the known part is skipped, not appended', async () => {
    const { run } = scripted({ bytes, drop: 333 }, { bytes, ignoreRange: true });
    const sink = memorySink();
    expect(await run(sink)).toMatchObject({ verified: 'crc32c', size: 1000 });
    expect(sink.bytes).toEqual(bytes);
  });

  test('without a validator and a hash it starts over', async () => {
    const bare = { etag: null, hash: null, headers: { 'last-modified': '' } };
    const { run, gets } = scripted({ bytes, drop: 333, ...bare }, { bytes, ...bare });
    const sink = memorySink();
    await run(sink);
    expect(sink.bytes).toEqual(bytes);
    expect(gets()[1]!.range).toBe(null);
  });

  test.each([403, 404, 500, 503])('an error page (HTTP %i) is never saved (defects 25, 34)', async (status) => {
    const first = scripted({ bytes, status });
    const sink = memorySink();
    await expect(first.run(sink)).rejects.toThrow(`HTTP ${status}`);
    expect(sink).toMatchObject({ ended: 'abort', bytes: new Uint8Array(0) });
    const resumed = scripted({ bytes, drop: 333 }, { bytes, status }, good);
    const other = memorySink();
    if (status < 500) await expect(resumed.run(other)).rejects.toThrow(`HTTP ${status}`);
    else {
      await resumed.run(other);
      expect(other.bytes).toEqual(bytes);
    }
  });

  test('a busy storage is asked again after Retry-After', async () => {
    const { run, pauses } = scripted(
      { bytes, status: 503, headers: { 'retry-after': '3' } },
      { bytes, status: 429 },
      good,
    );
    const sink = memorySink();
    await run(sink);
    expect(sink.bytes).toEqual(bytes);
    expect(Math.floor(pauses[0]! / 1000)).toBe(3);
  });

  test('a page of a proxy in the middle is never part of the file, nor the file', async () => {
    const page = () =>
      new Response('<html>log in</html>', { headers: { 'content-type': 'text/html', 'content-length': '19' } });
    for (const always of [false, true]) {
      const server = fakeServer();
      let count = 0;
      server.objects.set('/object', (request) => {
        count++;
        if (count === 1) return serve(request, { bytes, drop: 333, hash: null });
        return always || count === 2 ? page() : serve(request, { bytes, hash: null });
      });
      const sink = memorySink();
      const result = download(server.client, { url }, sink, { file: 'object' });
      if (always)
        await expect(result).rejects.toThrow('an HTML page instead of the file, 6 times in a row without new data');
      else expect(await result).toMatchObject({ size: 1000 });
      expect(sink.ended).toBe(always ? 'abort' : 'commit');
      if (!always) expect(sink.bytes).toEqual(bytes);
    }
  });

  test.each(['bytes', 'chunks'])('a part that does not say which is never appended: %s', async (framing) => {
    const server = fakeServer();
    const asked: (string | null)[] = [];
    server.objects.set('/object', (request) => {
      asked.push(request.headers.get('range'));
      if (asked.length === 1) return serve(request, { bytes, drop: 333, hash: null });
      if (asked.length > 2) return serve(request, { bytes, hash: null });
      // Of the right length, and from the wrong place.
      const headers = { etag: `"${md5(bytes)}"`, ...(framing === 'bytes' && { 'content-length': '667' }) };
      return new Response(bytes.slice(0, 667), { status: 206, headers });
    });
    const sink = memorySink();
    expect(await download(server.client, { url }, sink, { file: 'object' })).toMatchObject({ size: 1000 });
    expect(sink.bytes).toEqual(bytes);
    expect(asked).toEqual([null, 'bytes=333-', null]);
  });

  test('a page is not the file, unless the file is one', async () => {
    for (const file of ['data.csv', 'page.html']) {
      const server = fakeServer();
      const page = '<html>log in</html>';
      const headers = { 'content-type': 'text/html', 'content-length': String(page.length) };
      let count = 0;
      server.objects.set('/object', (request) => {
        count++;
        return count === 1 || file === 'page.html'
          ? new Response(page, { headers })
          : serve(request, { bytes, hash: null });
      });
      const sink = memorySink();
      await download(server.client, { url }, sink, { file });
      expect(sink.bytes).toEqual(file === 'page.html' ? new TextEncoder().encode(page) : bytes);
    }
  });

  test('a server that drops a little later each time is asked with pauses', async () => {
    const { run, gets, pauses } = scripted(...Array.from({ length: 9 }, () => ({ bytes, drop: 100 })), good);
    const sink = memorySink();
    await run(sink);
    expect(sink.bytes).toEqual(bytes);
    expect(gets()).toHaveLength(10);
    expect(pauses).toHaveLength(8);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(1000);
  });

  test('a server that brings much, and drops at once each time, is asked with pauses too', async () => {
    const large = sample(3_000_000);
    const served = { bytes: large, hash: null };
    const { server, gets, pauses } = scripted(
      ...Array.from({ length: 9 }, () => ({ ...served, drop: 300_000 })),
      served,
    );
    const sink = memorySink();
    const client = withClock(server.client, { now: () => 0 });
    await download(client, { url }, sink, { file: 'object' });
    expect(Buffer.compare(sink.bytes, large)).toBe(0);
    expect(gets()).toHaveLength(10);
    expect(pauses).toHaveLength(8);
  });

  test('giving up names the file and the reason, never the signature', async () => {
    const { run } = scripted({ bytes, drop: 0 });
    const failure = await run(memorySink()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransferError);
    expect(String(failure)).toContain('cannot download "object": the connection was lost');
    expect(String(failure) + String((failure as Error).cause)).not.toContain('secret');
  });

  test('416 after a resume: the object is another one, start over', async () => {
    const { run, gets } = scripted({ bytes, drop: 333 }, { bytes: sample(100), etag: `"${md5(bytes)}"` }, good);
    const sink = memorySink();
    await run(sink);
    expect(gets().map((get) => get.range)).toEqual([null, 'bytes=333-', null]);
    expect(sink.bytes).toEqual(bytes);
  });

  test('a corrupted body is downloaded again, then fails with IntegrityError', async () => {
    const flipped = bytes.slice();
    flipped[500]! ^= 1;
    const hash = `crc32c=${slowCrc32c(bytes)}`;
    const once = scripted({ bytes: flipped, hash }, good);
    const sink = memorySink();
    expect(await once.run(sink)).toMatchObject({ verified: 'crc32c' });
    expect(sink.bytes).toEqual(bytes);
    const always = scripted({ bytes: flipped, hash });
    const other = memorySink();
    await expect(always.run(other)).rejects.toThrow(IntegrityError);
    expect(other.ended).toBe('abort');
    expect(always.gets()).toHaveLength(3);
  });

  test('a damaged body that went into a stream is an IntegrityError too', async () => {
    const stream = new TransformStream<Uint8Array, Uint8Array>(undefined, undefined, { highWaterMark: 10 });
    const read = new Response(stream.readable).arrayBuffer().catch((error: unknown) => error);
    const { run } = scripted({ bytes, hash: 'crc32c=AAAAAA==' });
    await expect(run(streamSink(stream.writable, 'object'))).rejects.toThrow(IntegrityError);
    expect(await read).toBeInstanceOf(IntegrityError);
  });

  test('a failing sink is not retried', async () => {
    const { run, gets } = scripted(good);
    const sink: ByteSink = { ...memorySink(), write: () => Promise.reject(new Error('the disk is full')) };
    await expect(run(sink)).rejects.toThrow('the disk is full');
    expect(gets()).toHaveLength(1);
  });

  test('an abort stops at once, with the reason of the caller, and leaves nothing', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const sink = memorySink();
    const { run } = scripted({ bytes, stall: 500 });
    const onProgress = ({ transferred }: Progress) => {
      if (transferred >= 500) setTimeout(() => controller.abort(reason));
    };
    await expect(run(sink, { signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(sink.ended).toBe('abort');
  });
});

describe('reading a body', () => {
  /** Downloads once; resolves to whether each read brought a buffer of its own. */
  async function reads(ownFetch: boolean): Promise<boolean[]> {
    const brought: boolean[] = [];
    const fetch = async () => {
      let at = 0;
      const body = new ReadableStream({
        type: 'bytes',
        pull(controller) {
          brought.push(controller.byobRequest !== null);
          controller.enqueue(bytes.slice(at, at + 500));
          at += 500;
          if (at < bytes.length) return;
          controller.close();
          controller.byobRequest?.respond(0);
        },
      });
      return new Response(body, { headers: { 'content-length': String(bytes.length) } });
    };
    const platform = { ...memoryPlatform(), byobBodies: true, ...(!ownFetch && { fetch }) };
    const client = createClient({ token: 'KGAT_test', platform, ...(ownFetch && { fetch }) });
    const sink = memorySink();
    await download(client, { url }, sink, { file: 'object' });
    expect(sink.bytes).toEqual(bytes);
    return brought;
  }

  test('into buffers of ours where the platform gains by it, but not from a fetch of the client’s own', async () => {
    expect(new Set(await reads(false))).toEqual(new Set([true]));
    expect(new Set(await reads(true))).toEqual(new Set([false]));
  });
});

describe('through the API', () => {
  function raw(...script: Served[]) {
    const server = fakeServer();
    let count = 0;
    let calls = 0;
    const answer = (request: Request) => serve(request, script[Math.min(count++, script.length - 1)]!);
    server.objects.set('/object', answer);
    const ask = (headers: Record<string, string>) => {
      calls++;
      return server.client.callRaw('datasets.DatasetApiService', 'DownloadDataset', {}, { headers });
    };
    server.rpc.DownloadDataset = () => new Response(null, { status: 302, headers: { location: url } });
    const run = (sink: ByteSink) => download(server.client, ask, sink, { file: 'object' });
    return { server, run, calls: () => calls };
  }

  test('a dropped body is resumed', async () => {
    const { run } = raw({ bytes, drop: 333 }, good);
    const sink = memorySink();
    expect(await run(sink)).toMatchObject({ verified: 'crc32c' });
    expect(sink.bytes).toEqual(bytes);
  });

  test('an API that sends the bytes itself is called again with the range', async () => {
    const { run, server } = raw(good);
    let count = 0;
    server.rpc.DownloadDataset = () =>
      serve(new Request(url), count++ === 0 ? { bytes, drop: 333 } : { bytes, ignoreRange: true });
    const sink = memorySink();
    expect(await run(sink)).toMatchObject({ verified: 'crc32c' });
    expect(sink.bytes).toEqual(bytes);
    const posts = server.seen.filter(({ method }) => method === 'DownloadDataset');
    expect(posts.map(({ range }) => range)).toEqual([null, 'bytes=333-']);
  });

  test('an expired address in the middle: the API is asked for a new one', async () => {
    const server = fakeServer();
    let gets = 0;
    server.objects.set('/object', (request) => {
      gets++;
      return serve(request, gets === 2 ? { bytes, status: 403 } : gets === 1 ? { bytes, drop: 333 } : good);
    });
    let calls = 0;
    const ask = async (headers: Record<string, string>) => {
      calls++;
      const response = await requestStorage(server.client, new Request(url, { headers }));
      Object.defineProperty(response, 'url', { value: url });
      return response;
    };
    const sink = memorySink();
    await download(server.client, ask, sink, { file: 'object' });
    expect(sink.bytes).toEqual(bytes);
    expect(calls).toBe(2);
  });

  test('what the API refuses is thrown as it is', async () => {
    const { run, server } = raw(good);
    server.rpc.DownloadDataset = () => Response.json({ code: 403, message: 'denied' }, { status: 403 });
    const sink = memorySink();
    await expect(run(sink)).rejects.toThrow(PermissionError);
    expect(sink.ended).toBe('abort');
  });

  test('a lost call is not repeated here: the call has its own retries', async () => {
    const { run, server, calls } = raw(good);
    server.rpc.DownloadDataset = () => {
      throw new TypeError('fetch failed');
    };
    await expect(run(memorySink())).rejects.toThrow(ConnectionError);
    expect(calls()).toBe(1);
  });
});
