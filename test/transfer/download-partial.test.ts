import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { download } from '../../src/core/transfer/download/download.ts';
import { openFolder } from '../../src/core/transfer/folder.ts';
import { partFiles } from '../../src/platform/common/part-files.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';

const encode = (text: string) => new TextEncoder().encode(text);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partial-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const systems = {
  node: () => ({ fs: nodePlatform().fs!, path: join(folder, 'deep', 'x.bin') }),
  memory: () => ({ fs: memoryPlatform().fs!, path: 'deep/x.bin' }),
};

describe.each(Object.entries(systems))('a part that outlives its process: %s', (_name, open) => {
  test('what was left is taken up with its note, and read back', async () => {
    const { fs, path } = open();
    const first = await fs.partial!(path);
    expect(first.saved).toBeUndefined();
    await first.write(encode('hello'), 0);
    await first.note({ upTo: 5 });
    await first.leave();
    const second = await fs.partial!(path);
    expect(second.saved).toEqual({ note: { upTo: 5 }, size: 5 });
    expect(await new Response(second.read(1, 5)).text()).toBe('ello');
    await second.write(encode(' world'), 5);
    await second.commit();
    expect(await fs.readText(path)).toBe('hello world');
    expect((await fs.partial!(path)).saved).toBeUndefined();
  });

  test('a second one at work at the same time starts fresh, and stays apart', async () => {
    const { fs, path } = open();
    const first = await fs.partial!(path);
    await first.note('first');
    await first.write(encode('first'), 0);
    const second = await fs.partial!(path);
    expect(second.saved).toBeUndefined();
    await second.write(encode('2nd'), 0);
    await second.note('second');
    await second.leave();
    expect((await fs.partial!(path)).saved).toBeUndefined();
    await first.note('first again');
    await first.leave();
    const third = await fs.partial!(path);
    expect(third.saved).toEqual({ note: 'first again', size: 5 });
    await third.commit();
    expect(await fs.readText(path)).toBe('first');
  });

  test('restart throws bytes and note away; abort all of it', async () => {
    const { fs, path } = open();
    const sink = await fs.partial!(path);
    await sink.write(encode('a long one'), 0);
    await sink.note('a');
    await sink.restart();
    await sink.write(encode('short'), 0);
    await sink.commit();
    expect(await fs.readText(path)).toBe('short');
    const other = await fs.partial!(path);
    await other.write(encode('x'), 0);
    await other.note('b');
    await other.abort();
    await other.abort();
    expect((await fs.partial!(path)).saved).toBeUndefined();
    expect(await fs.readText(path)).toBe('short');
  });
});

describe('parts in a folder', () => {
  const path = () => join(folder, 'x.bin');
  const fs = nodePlatform().fs!;
  const bytesOf = async (file: string) => (await readFile(file)).toString();

  test('without a note nothing stays, and nothing is there before the first write', async () => {
    const sink = await fs.partial!(path());
    expect(await readdir(folder)).toEqual([]);
    await sink.write(encode('x'), 0);
    await sink.leave();
    expect(await readdir(folder)).toEqual([]);
  });

  test('two first writes at once go into one file', async () => {
    const sink = await fs.partial!(path());
    await Promise.all([sink.write(encode('ab'), 0), sink.write(encode('cd'), 2)]);
    await sink.commit();
    expect(await bytesOf(path())).toBe('abcd');
    expect(await readdir(folder)).toEqual(['x.bin']);
  });

  test('its files stand beside the name, and are gone after commit', async () => {
    const sink = await fs.partial!(path());
    await sink.note(1);
    expect((await readdir(folder)).sort()).toEqual(['x.bin.part', 'x.bin.part.json', 'x.bin.part.lock']);
    await sink.commit();
    expect(await readdir(folder)).toEqual(['x.bin']);
  });

  async function leave(note: unknown = 'note'): Promise<void> {
    const sink = await fs.partial!(path());
    await sink.write(encode('left'), 0);
    await sink.note(note);
    await sink.leave();
  }

  test("a user's own file of that name is left alone", async () => {
    await writeFile(join(folder, 'x.bin.part'), 'mine');
    await leave();
    expect(await bytesOf(join(folder, 'x.bin.part'))).toBe('mine');
    expect(await readdir(folder)).toEqual(['x.bin.part']);
  });

  test('one that took the place of the part is neither read nor written', async () => {
    await leave();
    await writeFile(join(folder, 'other'), 'mine');
    await rename(join(folder, 'other'), join(folder, 'x.bin.part'));
    const sink = await fs.partial!(path());
    expect(sink.saved).toBeUndefined();
    await sink.write(encode('new'), 0);
    await sink.note(1);
    await sink.commit();
    expect(await bytesOf(join(folder, 'x.bin.part'))).toBe('mine');
    expect(await bytesOf(path())).toBe('new');
  });

  test('a link at the name of the part, or of its note, is not followed', async () => {
    const victim = join(folder, 'victim');
    await writeFile(victim, 'precious');
    await leave();
    for (const name of ['x.bin.part', 'x.bin.part.json']) {
      await rm(join(folder, name));
      await symlink(victim, join(folder, name));
      const sink = await fs.partial!(path());
      expect(sink.saved).toBeUndefined();
      await sink.note('n');
      await sink.restart();
      await sink.write(encode('new'), 0);
      await sink.commit();
      expect(await bytesOf(victim)).toBe('precious');
      expect(await bytesOf(path())).toBe('new');
      expect((await lstat(path())).isSymbolicLink()).toBe(false);
      await rm(join(folder, name), { force: true });
      await leave();
    }
  });

  test('a part that was replaced while it was written is not taken for the file', async () => {
    const sink = await fs.partial!(path());
    await sink.note(1);
    await sink.write(encode('good'), 0);
    await writeFile(join(folder, 'other'), 'evil');
    await rename(join(folder, 'other'), join(folder, 'x.bin.part'));
    await expect(sink.commit()).rejects.toThrow('replaced by another file');
    expect(await fs.stat(path())).toBeUndefined();
    expect(await bytesOf(join(folder, 'x.bin.part'))).toBe('evil');
  });

  test('the part of a dead process is taken over, that of a living one is not', async () => {
    const lock = join(folder, 'x.bin.part.lock');
    const owner = (pid: number) => JSON.stringify({ pid, host: hostname(), token: 'another' });
    await leave();
    await writeFile(lock, owner(process.ppid));
    expect((await fs.partial!(path())).saved).toBeUndefined();
    await writeFile(lock, owner(2 ** 22 + 1));
    const sink = await fs.partial!(path());
    expect(sink.saved?.note).toBe('note');
    await sink.abort();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    ['a suspended process keeps it', process.ppid, 60, false],
    ['a number that is in use for another process after hours does not', process.ppid, 7200, true],
    ['our own number, of a process before us, does not', process.pid, 60, true],
    ['nor at once: it may be another thread of ours', process.pid, 1, false],
  ])('a lock without a sign of life: %s', async (_name, pid, seconds, taken) => {
    const lock = join(folder, 'x.bin.part.lock');
    await leave();
    await writeFile(lock, JSON.stringify({ pid, host: hostname(), token: 'another' }));
    await utimes(lock, new Date(), new Date(Date.now() - seconds * 1000));
    const sink = await fs.partial!(path());
    expect(sink.saved !== undefined).toBe(taken);
    await sink.leave();
  });

  test.each([
    'x.bin.part',
    'x.bin.part.json',
    'x.bin.part.lock',
  ])('a file of the user called %s stays', async (name) => {
    await writeFile(join(folder, name), '{"mine":1}');
    await utimes(join(folder, name), new Date(), new Date(Date.now() - 3_600_000));
    for (const end of ['leave', 'abort', 'commit'] as const) {
      const sink = await fs.partial!(path());
      await sink.write(encode('new'), 0);
      await sink.note(1);
      await sink[end]();
      expect(await bytesOf(join(folder, name))).toBe('{"mine":1}');
    }
    expect(await bytesOf(path())).toBe('new');
    expect((await readdir(folder)).sort()).toEqual(['x.bin', name]);
  });

  test('a file that comes while the part is written, and is called like its note, stays', async () => {
    const sink = await fs.partial!(path());
    await sink.write(encode('new'), 0);
    await sink.note(1);
    await writeFile(join(folder, 'other'), '{"mine":1}');
    await rename(join(folder, 'other'), join(folder, 'x.bin.part.json'));
    await sink.note(2);
    await sink.commit();
    expect(await bytesOf(path())).toBe('new');
    expect((await readdir(folder)).sort()).toEqual(['x.bin', 'x.bin.part.json']);
  });

  test('a note that is no JSON, or empty, counts for nothing', async () => {
    for (const text of ['', '{"kaggleTs":', '[]', 'null']) {
      await writeFile(join(folder, 'x.bin.part.json'), text);
      const sink = await fs.partial!(path());
      expect(sink.saved).toBeUndefined();
      await sink.note(1);
      await sink.commit();
    }
  });

  test('very long names, and a folder in the place of the file', async () => {
    const long = join(folder, 'ä'.repeat(120));
    const sink = await fs.partial!(long);
    await sink.note(1);
    await sink.leave();
    const again = await fs.partial!(long);
    expect(again.saved?.note).toBe(1);
    await again.leave();
    expect(partFiles(long).part).not.toBe(partFiles(`${long}b`).part);
    await mkdir(path());
    await expect(fs.partial!(path())).rejects.toThrow('it is a folder');
  });
});

test.each([
  'x.bin.part',
  'x.bin.part.json',
  'X.BIN.PART.LOCK',
  'x.bin.part.lock.breaking',
  'x.bin.part/y.txt',
  'x.bin.part.json/deep/y.txt',
])('x.bin and %s, fetched together, are both there', async (other) => {
  const content: Record<string, Uint8Array<ArrayBuffer>> = {
    'x.bin': new Uint8Array(600_000).fill(1),
    [other]: encode('{"mine":1}'),
  };
  const begun = Promise.withResolvers<void>();
  const otherEnded = Promise.withResolvers<void>();
  /** The first half of the large file comes before the other file, the second one after it. */
  const inTurn = (data: Uint8Array<ArrayBuffer>) => {
    let pulls = 0;
    return new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          pulls++;
          if (pulls === 1) return controller.enqueue(data.subarray(0, 300_000));
          begun.resolve();
          await otherEnded.promise;
          controller.enqueue(data.subarray(300_000));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
  };
  const client = createClient({
    token: 'KGAT_test',
    endpoint: 'https://api.test',
    platform: { ...nodePlatform(), state: undefined },
    fetch: async ({ url }) => {
      const name = new URL(url).pathname.slice(1);
      const data = content[name]!;
      const body = name === other ? data : inTurn(data);
      return new Response(body, { headers: { 'content-length': String(data.length), etag: '"1"' } });
    },
  });
  const target = openFolder(client, folder);
  target.expect(Object.keys(content));
  const fetchOne = async (name: string) => {
    const { sink, local } = await target.destination(name, 'check');
    await download(client, { url: `https://storage.test/${name}` }, sink, { file: name, local });
  };
  const fetchOther = () => fetchOne(other).finally(() => otherEnded.resolve());
  await Promise.all([fetchOne('x.bin'), begun.promise.then(fetchOther)]);
  for (const [name, data] of Object.entries(content))
    expect(await readFile(join(folder, name))).toEqual(Buffer.from(data));
  const topmost = Object.keys(content).map((name) => name.split('/')[0]);
  expect((await readdir(folder)).sort()).toEqual(topmost.sort());
});

test('all that is written is recorded, also before a connection that stalls', async () => {
  const [size, batch] = [2 ** 20, 2 ** 18];
  const platform = memoryPlatform();
  const recorded = Promise.withResolvers<void>();
  const ended = new AbortController();
  const client = createClient({
    token: 'KGAT_test',
    endpoint: 'https://api.test',
    platform: { ...platform, state: undefined },
    fetch: async () => {
      // Two batches, without a pause, and then nothing.
      const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(2 * batch)) });
      return new Response(body, { headers: { 'content-length': String(size), etag: '"1"' } });
    },
  });
  const sink = async () => {
    const partial = await platform.fs!.partial!('x.bin');
    return {
      ...partial,
      async note(value: unknown) {
        await partial.note(value);
        const [range] = (value as { ranges: [number, number][] }).ranges;
        if (range?.[1] === 2 * batch) recorded.resolve();
      },
    };
  };
  const { signal } = ended;
  const downloading = download(client, { url: 'https://storage.test/x.bin' }, sink, { file: 'x.bin', signal });
  await recorded.promise;
  ended.abort();
  await expect(downloading).rejects.toThrow('aborted');
});
