import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../../src/core/platform.ts';
import { systemClock } from '../../src/core/sleep.ts';
import { createClient } from '../../src/node.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { download } from '../../src/services/datasets/index.ts';
import { noWait } from '../clock.ts';
import { content, type DownloadServer, startDownloadServer } from './download-server.ts';

const MiB = 2 ** 20;
const data = content(40 * MiB);
let folder: string;
let server: DownloadServer;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'large-'));
  server = await startDownloadServer();
  server.put('big.bin', data);
  lines = [];
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function get(
  options: Parameters<typeof download>[3] = {},
  fetch?: (request: Request) => Promise<Response>,
  clock?: Partial<Clock>,
) {
  const platform = { ...nodePlatform(), state: memoryPlatform().state, clock: { ...systemClock, ...noWait, ...clock } };
  const verbose = (line: string) => void lines.push(line);
  const client = createClient({ endpoint: server.url, token: 'KGAT_secret', retry: false, platform, fetch, verbose });
  return download(client, { owner: 'owner', slug: 'data', file: 'big.bin' }, folder, options);
}
const isThere = async () => Buffer.compare(await readFile(join(folder, 'big.bin')), data) === 0;

describe('a large file on Node', () => {
  test('is asked for once, without the token', async () => {
    // Time stands still, so that the link is fast however busy the machine is.
    const [file] = await get({}, undefined, { now: () => 0 });
    expect(file).toMatchObject({ size: data.length, verified: 'crc32c' });
    expect(await isThere()).toBe(true);
    expect(server.gets).toMatchObject([{ status: 200, sent: data.length, authorization: undefined }]);
    expect(lines.join('\n')).not.toMatch(/signature=secret|KGAT_secret/);
  });

  test('goes by the fetch that the client was given, if there is one', async () => {
    const asked: string[] = [];
    server.rate = 8 * MiB;
    await get({}, (request) => {
      asked.push(request.url);
      return fetch(request);
    });
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.filter((url) => url.includes('big.bin'))).toHaveLength(server.gets.length);
  });

  test('a connection that breaks is gone on with at the byte it reached', async () => {
    server.rate = 40 * MiB;
    let dropped = 0;
    const onProgress = ({ transferred }: { transferred: number }) => {
      if (transferred < (dropped + 1) * 10 * MiB || dropped >= 3) return;
      dropped++;
      server.dropAll();
    };
    const [file] = await get({ onProgress, connections: 1 });
    expect(file).toMatchObject({ verified: 'crc32c' });
    expect(await isThere()).toBe(true);
    expect(dropped).toBe(3);
    const resumed = server.gets.filter(({ range }) => range);
    expect(resumed).toHaveLength(3);
    for (const { condition } of resumed) expect(condition).toBe(server.objects.get('big.bin')!.etag);
    const starts = resumed.map(({ range }) => Number(/^bytes=(\d+)-$/.exec(range!)![1]) / MiB);
    for (const [index, start] of starts.entries()) expect(start).toBeGreaterThanOrEqual((index + 1) * 10);
  });

  test('an abort closes the connection and leaves the part', async () => {
    server.rate = 40 * MiB;
    const controller = new AbortController();
    const onProgress = ({ transferred }: { transferred: number }) => {
      if (transferred > 5 * MiB) controller.abort(new Error('enough'));
    };
    await expect(get({ onProgress, signal: controller.signal })).rejects.toThrow('enough');
    await expect.poll(() => server.gets.every(({ closed }) => closed)).toBe(true);
    expect(await readdir(folder)).toContain('big.bin.part');
    server.gets.splice(0);
    server.rate = Number.POSITIVE_INFINITY;
    await get();
    expect(await isThere()).toBe(true);
    expect(server.gets.some(({ range }) => range !== undefined && !range.startsWith('bytes=0-'))).toBe(true);
  });

  test('damage is noticed', async () => {
    server.put('big.bin', data, { hash: 'crc32c=AAAAAA==' });
    await expect(get()).rejects.toThrow('cannot download "big.bin": checksum mismatch: expected crc32c');
    expect(await readdir(folder)).toEqual([]);
  });
});
