import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { createBlockCache } from '../../src/core/transfer/remote/block-cache.ts';
import { openRemote } from '../../src/core/transfer/remote/remote.ts';
import { requestStorage } from '../../src/core/transfer/storage.ts';
import { client, serve } from './support.ts';

const data = new Uint8Array(randomBytes(3_000_000));
const kib = 1024;

async function open(options = {}) {
  const server = await serve(data);
  const file = await openRemote(client(), { url: server.url }, { file: 'data.bin', ...options });
  return { server, file };
}
const same = (bytes: Uint8Array, start: number, end: number) => Buffer.from(bytes).equals(data.subarray(start, end));

describe('a remote file', () => {
  test('only the blocks that are read are fetched, each once', async () => {
    const { server, file } = await open({ blockSize: 64 * kib });
    expect(file.size).toBe(data.length);
    expect(server.asked.map(({ range }) => range)).toEqual(['bytes=-65536']);
    expect(same(await file.readRange(data.length - 100, data.length), data.length - 100, data.length)).toBe(true);
    expect(same(await file.readRange(70_000, 200_000), 70_000, 200_000)).toBe(true);
    expect(same(await file.readRange(66_000, 190_000), 66_000, 190_000)).toBe(true);
    expect(server.asked.map(({ range }) => range)).toEqual(['bytes=-65536', 'bytes=65536-262143']);
    expect(same(await file.readRange(0, 300_000), 0, 300_000)).toBe(true);
    expect(server.asked.slice(2).map(({ range }) => range)).toEqual(['bytes=0-65535', 'bytes=262144-327679']);
    await file.close();
  });

  test('reads of one block at the same time share a request', async () => {
    const { server, file } = await open();
    const reads = await Promise.all([file.readRange(10, 20), file.readRange(15, 3000), file.readRange(0, 131_072)]);
    expect(reads.map(({ length }) => length)).toEqual([10, 2985, 131_072]);
    expect(server.asked).toHaveLength(2);
    await file.close();
  });

  test('reads beyond the end are cut, into a buffer too', async () => {
    const { file } = await open();
    expect(same(await file.readRange(data.length - 5, data.length + 99), data.length - 5, data.length)).toBe(true);
    const buffer = new Uint8Array(10);
    expect(await file.read(buffer, data.length - 4)).toBe(4);
    expect(same(buffer.subarray(0, 4), data.length - 4, data.length)).toBe(true);
    expect(await file.readRange(data.length, data.length + 1)).toHaveLength(0);
    await file.close();
  });

  test('a slice is one request, which goes on after a broken connection', async () => {
    const { server, file } = await open();
    server.cut = ({ count }) => (count === 2 ? 400_000 : undefined);
    const stream = await file.slice(100_000, 2_500_000);
    expect(same(new Uint8Array(await new Response(stream).arrayBuffer()), 100_000, 2_500_000)).toBe(true);
    expect(server.asked).toHaveLength(3);
    await file.close();
  });

  test('an object that changed is an error, not a mixture', async () => {
    const { server, file } = await open();
    server.object = { data: data.slice().reverse(), etag: '"2"' };
    await expect(file.readRange(0, 10)).rejects.toThrow(
      'cannot read "data.bin": the file changed on the server while it was being read',
    );
    await file.close();
  });

  test('an expired address is renewed', async () => {
    const server = await serve(data);
    let calls = 0;
    const kaggle = client();
    const from = async (headers: Record<string, string>) => {
      calls++;
      return requestStorage(kaggle, new Request(server.url, { headers }));
    };
    const file = await openRemote(kaggle, from);
    server.status = (count) => (count === 2 ? 403 : undefined);
    expect(same(await file.readRange(0, 99), 0, 99)).toBe(true);
    expect(calls).toBe(2);
    await file.close();
  });

  test('an expired signed address is renewed by who gave it, once for reads at the same time', async () => {
    const server = await serve(data);
    const expired: string[] = [];
    const renew = async (url: string) => {
      expired.push(url);
      return `${server.url}&again`;
    };
    const file = await openRemote(client(), { url: server.url, renew });
    server.status = (count) => (count === 2 || count === 3 ? 403 : undefined);
    const reads = await Promise.all([file.readRange(0, 99), file.readRange(1_000_000, 1_000_099)]);
    expect(same(reads[0]!, 0, 99) && same(reads[1]!, 1_000_000, 1_000_099)).toBe(true);
    expect(expired).toEqual([server.url]);
    await file.close();
  });

  test('a page of a proxy instead of a part is not a part of the file', async () => {
    let count = 0;
    const part = (start: number, end: number) =>
      new Response('0123456789'.slice(start, end), {
        status: 206,
        headers: { 'content-range': `bytes ${start}-${end - 1}/10`, etag: '"1"' },
      });
    const answers = [
      () => part(8, 10),
      () => new Response('<html>log in</html>', { headers: { 'content-type': 'text/html' } }),
      () => part(0, 8),
    ];
    const kaggle = createClient({ token: 'KGAT_test', fetch: async () => answers[count++]!() });
    const file = await openRemote(kaggle, { url: 'https://storage.test/x' }, { blockSize: 2, cacheSize: 2 });
    expect(new TextDecoder().decode(await file.readRange(0, 8))).toBe('01234567');
    expect(count).toBe(3);
  });

  test('a part of unknown place, and then an error page: the page is not the file', async () => {
    let count = 0;
    const answers = [
      () => new Response('tail', { status: 206 }),
      () => new Response('<html>busy</html>', { status: 503 }),
      () => new Response('the file', { headers: { 'content-length': '8' } }),
    ];
    const kaggle = createClient({ token: 'KGAT_test', fetch: async () => answers[count++]!() });
    const file = await openRemote(kaggle, { url: 'https://storage.test/x' });
    expect(new TextDecoder().decode(await file.readRange(0, 99))).toBe('the file');
    expect(count).toBe(3);
  });

  test.each(['nonsense', 'file:///etc/passwd', ''])('an address that is none is refused at once: %j', async (url) => {
    await expect(openRemote(client(), { url })).rejects.toThrow(/expected url to be an http or https URL/);
  });

  test('a busy storage is asked again, five times', async () => {
    const { server, file } = await open();
    server.status = (count) => (count < 5 ? 503 : undefined);
    expect(same(await file.readRange(0, 99), 0, 99)).toBe(true);
    server.status = () => 503;
    await expect(file.readRange(500_000, 500_001)).rejects.toThrow(/HTTP 503, 6 times in a row without new data/);
    await file.close();
  });

  test('without Range a small file is held in memory, a large one refused', async () => {
    const server = await serve(data);
    server.ranges = false;
    const file = await openRemote(client(), { url: server.url }, {});
    expect(same(await file.readRange(5, 50_000), 5, 50_000)).toBe(true);
    expect(same(new Uint8Array(await new Response(await file.slice(9, 99)).arrayBuffer()), 9, 99)).toBe(true);
    expect(server.asked).toHaveLength(1);
    await expect(openRemote(client(), { url: server.url }, { cacheSize: 1000 })).rejects.toThrow(
      /does not support Range/,
    );
  });

  test('an abort, and close, end a read with their reason', async () => {
    const server = await serve(data);
    const controller = new AbortController();
    const file = await openRemote(client(), { url: server.url }, { signal: controller.signal, file: 'x' });
    server.pace = () => new Promise(() => undefined);
    const read = file.readRange(0, 10);
    controller.abort(new Error('enough'));
    await expect(read).rejects.toThrow('enough');
    const other = await openRemote(client(), { url: (await serve(data)).url }, { file: 'x' });
    await other.close();
    await expect(other.readRange(0, 1)).rejects.toThrow('cannot read "x": it was closed');
  });

  test('an empty file', async () => {
    const server = await serve(new Uint8Array(0));
    const file = await openRemote(client(), { url: server.url });
    expect(file.size).toBe(0);
    expect(await file.readRange(0, 10)).toHaveLength(0);
  });
});

test('the cache drops what was not used for longest, and forgets what failed', async () => {
  const reads: string[] = [];
  let broken = true;
  const cache = createBlockCache(100, 10, 30, async (start, end) => {
    reads.push(`${start}-${end}`);
    if (start === 90 && broken) throw new Error('lost');
    return Uint8Array.from({ length: end - start }, (_, index) => start + index);
  });
  await cache.read(0, 30);
  await cache.read(5, 6);
  await cache.read(40, 41);
  await cache.read(5, 6);
  expect(await cache.read(15, 16)).toEqual(Uint8Array.of(15));
  expect(reads).toEqual(['0-30', '40-50', '10-20']);
  await expect(cache.read(95, 96)).rejects.toThrow('lost');
  broken = false;
  expect(await cache.read(95, 100)).toEqual(Uint8Array.of(95, 96, 97, 98, 99));
  // Longer than the cache: past it.
  expect((await cache.read(0, 100)).length).toBe(100);
  expect(reads.at(-1)).toBe('0-100');
});
