import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { describe, expect, test } from 'vitest';
import { listTar } from '../../src/core/archive/tar/list.ts';
import { untar } from '../../src/core/archive/tar/untar.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { client, filesIn, scratch } from './support.ts';

const mtime = new Date('2022-03-04T05:06:07Z');
const file = (name: string, body: string | Uint8Array, more = {}): TarEntry => {
  const data = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { header: { name, size: data.length, type: 'file', mtime, ...more }, body: data };
};

/** The bytes as a stream of odd pieces. */
function stream(bytes: Uint8Array, piece = 777): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + piece));
      at += piece;
    },
  });
}

async function unpack(bytes: Uint8Array, options = {}) {
  const folder = scratch();
  const files = await untar(client(), stream(bytes), folder, { file: 'a.tar', ...options });
  return { folder, files };
}

const long = `${'folder-with-a-long-name/'.repeat(8)}file-äöü.txt`;
const noise = new Uint8Array(randomBytes(3_000_000));

const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));

describe.each([
  ['tar', (bytes: Uint8Array) => bytes, {}],
  ['tar.gz', gzip, {}],
  ['tar.gz, where only DecompressionStream unpacks', gzip, { inflater: undefined }],
])('%s', (_, pack, inflaters) => {
  async function unpack(bytes: Uint8Array, options = {}) {
    const folder = scratch();
    const files = await untar(client(inflaters), stream(bytes), folder, { file: 'a.tar', ...options });
    return { folder, files };
  }

  test('files, folders, long names, times', async () => {
    const archive = await packTar([
      { header: { name: './', size: 0, type: 'directory' } },
      { header: { name: './sub/', size: 0, type: 'directory' } },
      file('./sub/a.txt', 'content'),
      file('empty', ''),
      file(long, 'deep'),
      file('large.bin', noise),
    ]);
    const { folder, files } = await unpack(pack(archive));
    const found = filesIn(folder);
    expect(Object.keys(found).sort()).toEqual(['empty', long, 'large.bin', 'sub/a.txt'].sort());
    expect(found[long]).toBe('deep');
    expect(Buffer.from(found['large.bin']!, 'latin1').equals(noise)).toBe(true);
    expect(statSync(join(folder, 'sub/a.txt')).mtime).toEqual(mtime);
    expect(files.map(({ name, size, verified }) => [name, size, verified])).toContainEqual(['sub/a.txt', 7, 'length']);
  });

  test('its files are listed; of a plain one little more than the headers is read', async () => {
    const archive = pack(
      await packTar([
        { header: { name: './sub/', size: 0, type: 'directory' } },
        file('./sub/a.txt', 'content'),
        file('large.bin', noise),
        { header: { name: 'link', size: 0, type: 'symlink', linkname: 'a' } },
        file(long, 'deep'),
      ]),
    );
    let read = 0;
    const source = {
      size: archive.length,
      slice: (from: number, to: number) =>
        new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              if (from >= to) return controller.close();
              const end = Math.min(to, from + 1000);
              read += end - from;
              controller.enqueue(archive.slice(from, end));
              from = end;
            },
          },
          { highWaterMark: 0 },
        ),
    };
    expect(await listTar('a.tar', source)).toEqual([
      { name: './sub/a.txt', size: 7 },
      { name: 'large.bin', size: noise.length },
      { name: long, size: 4 },
    ]);
    if (archive[0] !== 0x1f) expect(read).toBeLessThan(20_000);
    await expect(listTar('b.tar', { size: 2000, slice: () => stream(new Uint8Array(2000).fill(65)) })).rejects.toThrow(
      /not a tar archive/,
    );
  });

  test('a path that is one long run of slashes is refused without quadratic work', async () => {
    const path = `a${'/'.repeat(200_000)}b`;
    const archive = await packTar([file('x', '', { pax: { path } })]);
    const started = performance.now();
    await expect(unpack(pack(archive), {})).rejects.toThrow(/empty path segment/);
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  test.each<[string, TarEntry[], RegExp]>([
    ['a name that leads out', [file('../evil', 'x')], /does not name a file or folder/],
    ['an absolute name', [file('/evil', 'x')], /absolute/],
    [
      'a symbolic link',
      [{ header: { name: 'l', size: 0, type: 'symlink', linkname: '/etc' } }],
      /"l" is a symbolic link/,
    ],
    ['a hard link', [{ header: { name: 'l', size: 0, type: 'link', linkname: 'a' } }], /"l" is a hard link/],
    ['a name given twice', [file('a', '1'), file('A', '2')], /same on many/],
    ['a file where a folder must be', [file('a', '1'), file('a/b', '2')], /needs a folder/],
  ])('refused: %s', async (_, entries, message) => {
    await expect(unpack(pack(await packTar(entries)))).rejects.toThrow(message);
  });

  test('refused: cut off, damaged, no archive, too much', async () => {
    const archive = pack(await packTar([file('a.bin', noise.subarray(0, 5000)), file('b', 'b')]));
    await expect(unpack(archive.subarray(0, 3000))).rejects.toThrow(/truncated/);
    const damaged = archive.slice();
    damaged[3]! ^= 0x55;
    damaged[200]! ^= 0x55;
    await expect(unpack(damaged)).rejects.toThrow(/not a tar archive|corrupted/);
    await expect(unpack(pack(new TextEncoder().encode('text '.repeat(300))))).rejects.toThrow(/not a tar archive/);
    await expect(unpack(archive, { limits: { maxBytes: 4999 } })).rejects.toThrow(/maxBytes/);
    await expect(unpack(archive, { limits: { maxEntries: 1 } })).rejects.toThrow(/maxEntries/);
  });

  test('refused: truncated anywhere, also between two entries', async () => {
    const whole = await packTar([file('a.bin', noise.subarray(0, 700)), file('b', 'b')]);
    const archive = pack(whole);
    // The two blocks of zeros at the end of a plain one say no more than the first of them.
    const lengths = archive === whole ? whole.length - 1024 : archive.length;
    for (let length = 0; length < lengths; length += length < lengths - 1 - 512 ? 256 : 1)
      await expect(unpack(archive.subarray(0, length)), `${length}`).rejects.toThrow(/truncated|is empty/);
  });

  test('a connection that breaks is told as such, not as damage', async () => {
    const bytes = pack(await packTar([file('a', noise.subarray(0, 100_000))]));
    const lost = new TypeError('terminated');
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes.subarray(0, bytes.length >> 1));
      },
      pull: () => Promise.reject(lost),
    });
    await expect(untar(client(inflaters), broken, scratch(), { file: 'a.tar' })).rejects.toBe(lost);
  });

  test('an abort ends it with its own reason and leaves no half file', async () => {
    const archive = pack(await packTar([file('large.bin', noise)]));
    const controller = new AbortController();
    const folder = scratch();
    const unpacked = untar(client(inflaters), stream(archive, 10_000), folder, {
      file: 'a.tar',
      signal: controller.signal,
      onProgress: ({ transferred }) => {
        if (transferred > 1_000_000) controller.abort(new Error('enough'));
      },
    });
    await expect(unpacked).rejects.toThrow('enough');
    expect(filesIn(folder)).toEqual({});
  });
});

test('what stands behind packed bytes ends nothing, and holds up nothing', async () => {
  const archive = gzip(await packTar([file('a', 'content')]));
  const padded = new Uint8Array(archive.length + 512);
  padded.set(archive);
  expect((await unpack(padded)).files).toMatchObject([{ name: 'a' }]);
  padded.fill(65, archive.length);
  await expect(unpack(padded)).rejects.toThrow(/the compressed data is corrupted/);
  const raw = deflateRawSync('content');
  const inflater = nodePlatform().inflater!('deflate-raw');
  const made = [...(await inflater.push(Buffer.concat([raw, Buffer.from('behind')]))), ...(await inflater.end())];
  expect(Buffer.concat(made).toString()).toBe('content');
});

test('a bomb in gzip is refused', async () => {
  const archive = gzipSync(await packTar([file('bomb', new Uint8Array(90 * 2 ** 20))]));
  await expect(unpack(new Uint8Array(archive))).rejects.toThrow(/maxRatio/);
});

test.each(['ustar', 'pax', 'gnu'])('what the system’s tar writes as %s', async (format) => {
  const folder = scratch();
  const names = ['a.txt', `${'n'.repeat(90)}/${'m'.repeat(120)}.txt`];
  mkdirSync(join(folder, 'n'.repeat(90)));
  for (const name of names) writeFileSync(join(folder, name), `content of ${name.length}`);
  try {
    execFileSync('tar', [`--format=${format}`, '-czf', 'out.tgz', ...names], { cwd: folder, stdio: 'pipe' });
  } catch {
    // A system without GNU tar.
    return;
  }
  const { folder: out } = await unpack(readFileSync(join(folder, 'out.tgz')));
  expect(filesIn(out)).toEqual(Object.fromEntries(names.map((name) => [name, `content of ${name.length}`])));
});

describe('a sparse file is refused, not stored as the pieces that stand in the archive', () => {
  test('of pax', async () => {
    const pax = { 'GNU.sparse.major': '1', 'GNU.sparse.name': 'holes.bin', 'GNU.sparse.realsize': '1048576' };
    const archive = await packTar([file('GNUSparseFile.7/holes.bin', 'map and pieces', { pax })]);
    await expect(unpack(archive)).rejects.toThrow('"holes.bin" is a sparse file, which is not supported');
  });

  test('of GNU', async () => {
    const archive = await packTar([file('holes.bin', 'pieces')]);
    archive[156] = 'S'.charCodeAt(0);
    archive.fill(0x20, 148, 156);
    const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    archive.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
    await expect(unpack(archive)).rejects.toThrow('"holes.bin" is a sparse file, which is not supported');
  });
});
