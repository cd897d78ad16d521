import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient, type KaggleClient } from '../../src/node.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { download } from '../../src/services/datasets/index.ts';
import { output } from '../../src/services/kernels/index.ts';
import { content, type DownloadServer, startDownloadServer } from './download-server.ts';
import { startRunner } from './upload-processes.ts';

let folder: string;
let server: DownloadServer;
let client: KaggleClient;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  server = await startDownloadServer();
  const { nodePlatform } = await import('../../src/platform/node/index.ts');
  const platform = { ...nodePlatform(), state: memoryPlatform().state };
  client = createClient({ endpoint: server.url, token: 'KGAT_test', retry: false, platform });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const MiB = 2 ** 20;
const out = () => join(folder, 'out');
const get = (file: string, options: object = {}) =>
  download(client, { owner: 'owner', slug: 'data', file }, out(), options);
const isThere = async (name: string, data: Buffer) => Buffer.compare(await readFile(join(out(), name)), data) === 0;
const sent = () => server.gets.reduce((sum, { sent }) => sum + sent, 0);

/** Starts a download in a process of its own. */
function start(runtime: string, settings: object) {
  return startRunner(runtime, 'download.ts', { endpoint: server.url, folder: out(), ...settings }, folder);
}

/** The ranges of a part that the next process can rely on. */
function noted(name: string): [start: number, end: number][] {
  const path = join(out(), `${name}.part.json`);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')).kaggleTs.note?.ranges ?? []) : [];
}
const sizeOf = (ranges: [number, number][]) => ranges.reduce((sum, [start, end]) => sum + end - start, 0);

/** Waits for a line of progress that satisfies, then kills. */
async function killWhen(running: ReturnType<typeof start>, enough: (line: Record<string, number>) => boolean) {
  running.result.catch(() => undefined);
  let text = '';
  await new Promise<void>((resolve, reject) => {
    running.child.stdout!.on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines) {
        const parsed = JSON.parse(line);
        if (parsed.error || parsed.files) reject(new Error(`it ended before it was killed: ${line}`));
        if (enough(parsed)) resolve();
      }
    });
  });
  await running.kill();
}

describe.each(['node', 'deno', 'bun'])('a process that is killed: %s', (runtime) => {
  test('the next one goes on, over several connections too, and leaves nothing beside the file', async () => {
    const data = content(40 * MiB);
    server.put('big.bin', data);
    server.rate = 8 * MiB;
    await killWhen(start(runtime, { file: 'big.bin' }), () => server.most > 1 && sizeOf(noted('big.bin')) > 4 * MiB);
    const kept = noted('big.bin');
    // It may have been killed while it wrote its note: that leaves a part of the note as well.
    const left = (await readdir(out())).filter((name) => !/^big\.bin\.part\.json\.[\da-f-]+\.part$/.test(name));
    expect(left.sort()).toEqual(['big.bin.part', 'big.bin.part.json', 'big.bin.part.lock']);
    expect(server.gets.splice(0).length).toBeGreaterThan(1);
    server.rate = Number.POSITIVE_INFINITY;
    const { verified, error } = await start(runtime, { file: 'big.bin' }).result;
    expect(error).toBeUndefined();
    expect(verified).toBe('crc32c');
    expect(await readdir(out())).toEqual(['big.bin']);
    expect(await isThere('big.bin', data)).toBe(true);
    const asked = server.gets.filter((entry) => entry.range);
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked.map((entry) => entry.condition))).toEqual(new Set([server.objects.get('big.bin')!.etag]));
    // What is not noted yet is lost with a process, and nothing else.
    const again = asked.filter(({ range }) => {
      const [first, last = data.length] = range!.match(/\d+/g)!.map(Number) as [number, number?];
      return kept.some(([start, end]) => first < end && last >= start);
    });
    expect(again).toEqual([]);
  });
});

describe('many files', () => {
  test('200 outputs, killed in the middle: those that were finished are not fetched again', async () => {
    for (let index = 0; index < 200; index++) server.put(`f${index}.bin`, content(30_000 + index, `f${index}`));
    server.rate = 1_500_000;
    await killWhen(start('node', { verb: 'output', options: { concurrency: 8 } }), ({ done }) => done! > 60);
    server.rate = Number.POSITIVE_INFINITY;
    const { files, skipped } = await start('node', { verb: 'output' }).result;
    expect(files).toBe(200);
    expect(skipped).toBeGreaterThan(60);
    const names = await readdir(out());
    expect(names.sort()).toEqual([...server.objects.keys()].sort());
    for (const [name, { data }] of server.objects) expect(await isThere(name, data), name).toBe(true);
  });

  test('a failure leaves what is finished, and the part of what is not', async () => {
    server.put('a.bin', content(5000));
    server.put('big.bin', content(8 * MiB), { hash: 'crc32c=AAAAAA==' });
    await expect(output(client, 'owner/run', out())).rejects.toThrow('cannot download "big.bin": checksum mismatch');
    expect(await readdir(out())).toEqual(['a.bin']);
    server.put('big.bin', content(8 * MiB));
    server.rate = 4 * MiB;
    const controller = new AbortController();
    const onProgress = ({ file, transferred }: { file: string; transferred: number }) => {
      if (file === 'big.bin' && transferred > 2 * MiB) controller.abort(new Error('enough'));
    };
    await expect(output(client, 'owner/run', out(), { signal: controller.signal, onProgress })).rejects.toThrow(
      'enough',
    );
    expect((await readdir(out())).sort()).toEqual(['a.bin', 'big.bin.part', 'big.bin.part.json']);
    server.gets.splice(0);
    const files = await output(client, 'owner/run', out());
    expect(files.map(({ skipped }) => skipped ?? false)).toEqual([true, false]);
    expect(server.gets.some(({ range }) => /^bytes=\d{7}/.test(range ?? ''))).toBe(true);
  });
});

describe('addresses that expire in the middle', () => {
  const expireAt = (bytes: number) => {
    const onProgress = ({ transferred }: { transferred: number }) => {
      if (transferred < bytes || server.expired > 0) return;
      server.expired = server.answers;
      server.dropAll();
    };
    return { onProgress };
  };

  test.each(['output', 'dataset'])('%s: the API gives another, what came is kept', async (verb) => {
    const data = content(6 * MiB);
    server.put('big.bin', data);
    server.rate = 6 * MiB;
    const options = expireAt(2 * MiB);
    if (verb === 'output') await output(client, 'owner/run', out(), options);
    else await get('big.bin', options);
    expect(await isThere('big.bin', data)).toBe(true);
    expect(server.answers).toBe(2);
    expect(server.gets.map(({ status }) => status)).toContain(403);
    expect(server.gets.at(-1)!.range).toMatch(/^bytes=[1-9]/);
    expect(sent()).toBeLessThan(8 * MiB);
  });

  test('a URL that is rejected again is not requested a third time; no error page is saved', async () => {
    server.put('a.bin', content(1000));
    server.expired = 1000;
    await expect(output(client, 'owner/run', out())).rejects.toThrow(
      'cannot download "a.bin": HTTP 403 (AccessDenied: Access denied.)',
    );
    expect(server.answers).toBe(2);
    expect(await readdir(out())).toEqual([]);
  });
});

describe('two processes into the same folder at the same time', () => {
  test('both get the file, and nothing is left of either', async () => {
    const data = content(12 * MiB);
    server.put('big.bin', data);
    server.rate = 6 * MiB;
    const both = [start('node', { file: 'big.bin' }), start('node', { file: 'big.bin' })];
    for (const { verified } of await Promise.all(both.map(({ result }) => result))) expect(verified).toBe('crc32c');
    expect(await readdir(out())).toEqual(['big.bin']);
    expect(await isThere('big.bin', data)).toBe(true);
  });
});

describe('real connections', () => {
  test('where each is slow, there are several; no credential goes to the storage', async () => {
    const data = content(24 * MiB);
    server.put('big.bin', data);
    server.rate = 4 * MiB;
    await get('big.bin');
    expect(await isThere('big.bin', data)).toBe(true);
    expect(server.most).toBeGreaterThan(3);
    expect(server.gets.every(({ authorization }) => authorization === undefined)).toBe(true);
    expect((await stat(join(out(), 'big.bin'))).mtime).toEqual(new Date('2024-06-01T12:00:00Z'));
  });

  test('for a file of less than two parts, one is enough, even if it is slow', async () => {
    server.put('big.bin', content(7 * MiB));
    server.rate = 8 * MiB;
    await get('big.bin');
    expect(server.gets).toHaveLength(1);
  });

  test('an abort closes them all at once', async () => {
    server.put('big.bin', content(40 * MiB));
    server.rate = 4 * MiB;
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ transferred }: { transferred: number }) => {
      if (transferred > 6 * MiB) controller.abort(reason);
    };
    await expect(get('big.bin', { signal: controller.signal, onProgress })).rejects.toBe(reason);
    await expect.poll(() => server.gets.every(({ closed }) => closed)).toBe(true);
    expect(server.gets.length).toBeGreaterThan(1);
    expect((await readdir(out())).sort()).toEqual(['big.bin.part', 'big.bin.part.json']);
  });
});

describe('a file that is there already', () => {
  const data = content(300_000);

  test('is not downloaded if its checksum matches, whatever its time', async () => {
    server.put('x.bin', data);
    expect(await get('x.bin')).toEqual([
      { name: 'x.bin', path: join(out(), 'x.bin'), size: 300_000, verified: 'crc32c' },
    ]);
    await utimes(join(out(), 'x.bin'), new Date(0), new Date(0));
    expect((await get('x.bin'))[0]).toMatchObject({ skipped: true, verified: 'crc32c', size: 300_000 });
    expect(await readdir(out())).toEqual(['x.bin']);
  });

  test('is replaced if the content differs, even if it is longer and newer, or of the same length', async () => {
    server.put('x.bin', data);
    for (const wrong of [Buffer.alloc(400_000, 1), Buffer.alloc(300_000, 1)]) {
      await get('x.bin');
      await writeFile(join(out(), 'x.bin'), wrong);
      expect((await get('x.bin'))[0]).not.toHaveProperty('skipped');
      expect(await isThere('x.bin', data)).toBe(true);
    }
  });

  test('a full-length file is compared by md5 too', async () => {
    const { createHash } = await import('node:crypto');
    server.put('x.bin', data, { hash: `md5=${createHash('md5').update(data).digest('base64')}` });
    await get('x.bin');
    expect((await get('x.bin'))[0]).toMatchObject({ skipped: true, verified: 'md5' });
    const flipped = Buffer.from(data);
    flipped[1000]! ^= 1;
    await writeFile(join(out(), 'x.bin'), flipped);
    await get('x.bin');
    expect(await isThere('x.bin', data)).toBe(true);
  });

  test('without a checksum: what was remembered of its download decides', async () => {
    server.put('x.bin', data, { hash: null });
    expect((await get('x.bin'))[0]).toMatchObject({ verified: 'length' });
    expect((await get('x.bin'))[0]).toMatchObject({ skipped: true, verified: 'length' });
    await writeFile(join(out(), 'x.bin'), data);
    expect((await get('x.bin'))[0]).not.toHaveProperty('skipped');
    server.put('x.bin', content(300_000, 'b'), { hash: null });
    expect((await get('x.bin'))[0]).not.toHaveProperty('skipped');
    expect(await isThere('x.bin', content(300_000, 'b'))).toBe(true);
  });

  test('a file nobody remembers is fetched', async () => {
    server.put('x.bin', data, { hash: null });
    await get('x.bin');
    await writeFile(join(out(), 'y.bin'), data);
    server.put('y.bin', data, { hash: null });
    expect((await get('y.bin'))[0]).not.toHaveProperty('skipped');
  });

  test("'overwrite' fetches it in any case", async () => {
    server.put('x.bin', data);
    await get('x.bin');
    const before = sent();
    expect((await get('x.bin', { existing: 'overwrite' }))[0]).not.toHaveProperty('skipped');
    expect(sent() - before).toBe(300_000);
  });
});
