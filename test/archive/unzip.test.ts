import { randomBytes } from 'node:crypto';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCursor } from '../../src/core/archive/byte-cursor.ts';
import { unpackZip } from '../../src/core/archive/unpack.ts';
import { remoteZip } from '../../src/core/archive/zip/remote-zip.ts';
import { bytesSource } from '../../src/core/bytes/sources.ts';
import { IntegrityError } from '../../src/core/errors.ts';
import { makeZip, type Odd, time } from './make-zip.ts';
import { client, filesIn, scratch, serve } from './support.ts';

const text = (length: number, seed = 'row') =>
  Array.from({ length: Math.ceil(length / 6) }, (_, index) => `${seed},${index}\n`)
    .join('')
    .slice(0, length);
const noise = (length: number) => new Uint8Array(randomBytes(length));

const ways = [
  ['with Range', true],
  ['without Range', false],
] as const;

describe.each(ways)('%s', (_, ranges) => {
  async function unzip(archive: Uint8Array, folder = scratch(), options = {}) {
    const server = await serve(archive);
    server.ranges = ranges;
    const files = await unpackZip(client(), { url: server.url }, folder, { file: 'a.zip', ...options });
    return { folder, files, server };
  }
  /** What comes of an archive that must be refused: the error, and what was left in the folder. */
  async function refused(entries: Odd[] | Uint8Array, options = {}) {
    const folder = scratch();
    const archive = entries instanceof Uint8Array ? entries : makeZip(entries);
    const error = await unzip(archive, folder, options).then(
      () => undefined,
      (reason: Error) => reason,
    );
    return { error, name: error?.name, message: error?.message, left: Object.keys(filesIn(folder)) };
  }

  test('stored, deflated, empty, folders, modification times', async () => {
    const { folder, files } = await unzip(
      makeZip([
        { name: 'top.csv', data: text(5000) },
        { name: 'sub/', method: 0, mode: 0o040755 },
        { name: 'sub/stored.bin', data: 'stored', method: 0 },
        { name: 'sub/deep/empty.txt', data: '', method: 0 },
        { name: 'sub/deep/empty-deflated.txt', data: '' },
        { name: 'nothing/', method: 0, mode: 0o040755 },
      ]),
    );
    expect(filesIn(folder)).toEqual({
      'top.csv': text(5000),
      'sub/stored.bin': 'stored',
      'sub/deep/empty.txt': '',
      'sub/deep/empty-deflated.txt': '',
    });
    expect(files.map(({ name, size, verified }) => [name, size, verified])).toEqual([
      ['top.csv', 5000, 'crc32'],
      ['sub/stored.bin', 6, 'crc32'],
      ['sub/deep/empty.txt', 0, 'crc32'],
      ['sub/deep/empty-deflated.txt', 0, 'crc32'],
    ]);
    expect(files[0]!.path).toBe(join(folder, 'top.csv'));
    expect(statSync(join(folder, 'sub/stored.bin')).mtime).toEqual(time);
    expect(statSync(join(folder, 'nothing')).isDirectory()).toBe(true);
  });

  test.each(['signed32', 'bare32', 'signed64', 'bare64'] as const)('sizes behind the data: %s', async (descriptor) => {
    const big = text(300_000);
    const { folder } = await unzip(
      makeZip([
        { name: 'a', data: big, descriptor },
        { name: 'b', data: noise(70_000), method: 0, descriptor },
        { name: 'c', data: '', descriptor },
        { name: 'd', data: '', method: 0, descriptor },
        { name: 'e', data: 'end', descriptor },
      ]),
    );
    const found = filesIn(folder);
    expect(found.a).toBe(big);
    expect([found.b?.length, found.c, found.d, found.e]).toEqual([70_000, '', '', 'end']);
  });

  test('a stored archive inside of an archive, described behind its data', async () => {
    const inner = makeZip([
      { name: 'x', data: text(1000), descriptor: 'signed32' },
      { name: 'y', data: 'y' },
    ]);
    const { folder } = await unzip(
      makeZip([
        { name: 'inner.zip', data: inner, method: 0, descriptor: 'signed32' },
        { name: 'z', data: 'z' },
      ]),
    );
    expect(Buffer.from(filesIn(folder)['inner.zip']!, 'latin1')).toEqual(Buffer.from(inner));
  });

  test('ZIP64, a comment, names in code page 437 and in UTF-8', async () => {
    const { folder } = await unzip(
      makeZip(
        [
          { name: 'größe/ü.csv', data: 'utf8', zip64: true },
          { name: Uint8Array.of(0x81, 0x2e, 0x63), data: 'cp437', utf8: false, zip64: true },
        ],
        { zip64: true, comment: 'PK\x05\x06 is no end' },
      ),
    );
    expect(filesIn(folder)).toEqual({ 'größe/ü.csv': 'utf8', 'ü.c': 'cp437' });
  });

  test('a file whose name looks like one of ours, in a folder that is named too', async () => {
    const { folder } = await unzip(makeZip([{ name: 'a/' }, { name: 'a/.folder-0', data: 'x' }, { name: 'a/' }]));
    expect(filesIn(folder)).toEqual({ 'a/.folder-0': 'x' });
  });

  test('large entries are streamed', async () => {
    const large = text(20 * 2 ** 20);
    const raw = noise(9 * 2 ** 20);
    const { folder } = await unzip(
      makeZip([
        { name: 'large.csv', data: large },
        { name: 'raw.bin', data: raw, method: 0 },
        { name: 'small', data: 'small' },
      ]),
    );
    const found = filesIn(folder);
    expect(found['large.csv'] === large).toBe(true);
    expect(Buffer.from(found['raw.bin']!, 'latin1').equals(raw)).toBe(true);
  });

  test.each<[string, Odd[], string, RegExp]>([
    [
      'a name that leads out',
      [
        { name: 'ok', data: '1' },
        { name: '../evil', data: '1' },
      ],
      'ValidationError',
      /does not name a file or folder/,
    ],
    ['an absolute name', [{ name: '/etc/x', data: '1' }], 'ValidationError', /absolute/],
    ['a backslash', [{ name: 'a\\b', data: '1' }], 'ValidationError', /backslash/],
    ['a folder that leads out', [{ name: '../', method: 0 }], 'ValidationError', /does not name a file or folder/],
    [
      'a name given twice',
      [
        { name: 'a', data: '1' },
        { name: 'a', data: '2' },
      ],
      'ValidationError',
      /duplicate file name "a"/,
    ],
    [
      'names that differ in case',
      [
        { name: 'a/B', data: '1' },
        { name: 'A/b', data: '2' },
      ],
      'ValidationError',
      /same on many/,
    ],
    [
      'names that differ in Unicode form',
      [
        { name: 'é', data: '1' },
        { name: 'e\u0301', data: '2' },
      ],
      'ValidationError',
      /same on many/,
    ],
    [
      'a file where a folder must be',
      [
        { name: 'a', data: '1' },
        { name: 'a/b', data: '2' },
      ],
      'ValidationError',
      /needs a folder/,
    ],
    [
      'a symbolic link',
      [
        { name: 'ok', data: '1' },
        { name: 'link', data: '/etc/passwd', mode: 0o120777 },
      ],
      'TransferError',
      /symbolic link/,
    ],
    ['a device', [{ name: 'dev', data: '', mode: 0o020666 }], 'TransferError', /device/],
    ['encryption', [{ name: 'secret', data: '1', flags: 1 }], 'TransferError', /"secret" is encrypted/],
    ['another method', [{ name: 'a', data: '1', method: 12 }], 'TransferError', /method 12/],
    [
      'a wrong CRC-32',
      [
        {
          name: 'a',
          data: text(900),
          damage: (packed) => {
            packed[4]! ^= 1;
          },
        },
      ],
      'IntegrityError',
      /cannot unpack "a" from "a.zip": the compressed data is corrupted/,
    ],
    [
      'a flipped byte of a stored entry',
      [
        {
          name: 'a',
          data: 'abcdef',
          method: 0,
          damage: (packed) => {
            packed[2]! ^= 1;
          },
        },
      ],
      'IntegrityError',
      /CRC-32/,
    ],
    [
      'a directory with other sums',
      [{ name: 'a', data: 'abc', method: 0, lie: { crc32: 5 } }],
      ranges ? 'IntegrityError' : 'TransferError',
      ranges ? /CRC-32/ : /does not match the central directory/,
    ],
    [
      'a directory with another size',
      [{ name: 'a', data: text(500), lie: { size: 700 } }],
      ranges ? 'IntegrityError' : 'TransferError',
      ranges ? /expected 700 bytes, got 500/ : /does not match the central directory/,
    ],
    [
      'a directory with another name',
      [{ name: 'a', data: 'abc', lie: { name: 'b' } }],
      'TransferError',
      /header of "b" does not match/,
    ],
    [
      'entries that share bytes',
      [
        { name: 'a', data: noise(5000) },
        { name: 'b', data: noise(5000), lie: { name: 'b', offset: 10 } },
      ],
      'TransferError',
      ranges ? /overlaps another entry/ : /does not match the central directory/,
    ],
    ['text', [{ name: Uint8Array.of(0xff, 0xfe), data: '1' }], 'TransferError', /UTF-8/],
  ])('refused: %s', async (_, entries, name, message) => {
    const outcome = await refused(entries);
    expect(outcome.message).toMatch(message);
    expect(outcome.name).toBe(name);
    if (ranges) expect(outcome.left).toEqual([]);
    expect(outcome.left.filter((path) => /part$|evil|link/.test(path))).toEqual([]);
  });

  test('refused: more entries, bytes, or a higher ratio than allowed', async () => {
    const entries = [
      { name: 'a', data: text(5000) },
      { name: 'b', data: text(5000) },
    ];
    expect((await refused(entries, { limits: { maxEntries: 1 } })).message).toMatch(/maxEntries/);
    expect((await refused(entries, { limits: { maxBytes: 9999 } })).message).toMatch(/more than 9999 bytes.*maxBytes/);
    const bomb = [{ name: 'bomb', data: new Uint8Array(80 * 2 ** 20) }];
    const outcome = await refused(bomb);
    expect(outcome.message).toMatch(
      /"bomb" expands from \d+ to 83886080 bytes \(possible zip bomb\).*raise limits\.maxRatio$/,
    );
    expect(outcome.left).toEqual([]);
    const described = await refused([{ ...bomb[0]!, descriptor: 'signed32' as const }]);
    expect(described.message).toMatch(/maxRatio/);
    expect(described.left).toEqual([]);
  });

  test('refused: entries that are harmless each, and a bomb together', async () => {
    const part = new Uint8Array(30 * 2 ** 20);
    const outcome = await refused(['a', 'b', 'c'].map((name) => ({ name, data: part })));
    expect(outcome.message).toMatch(
      /the archive expands from \d+ to \d+ bytes \(possible zip bomb\).*raise limits\.maxRatio$/,
    );
    expect(outcome.left).toEqual([]);
  });

  test('a name that is too long for the file system is told as such', async () => {
    const outcome = await refused([
      { name: 'a', data: '1' },
      { name: `${'n'.repeat(300)}/b`, data: '2' },
      { name: 'm'.repeat(300), data: '3' },
    ]);
    expect(outcome.message).toMatch(/^cannot (write|create the folder) "[^"]*": the name is too long$/);
    if (!ranges) expect(outcome.left).toEqual([]);
  });

  test('refused: no archive, a cut one, one with something in front', async () => {
    const archive = makeZip([
      { name: 'a', data: noise(3000) },
      { name: 'b', data: 'b' },
    ]);
    expect((await refused(new TextEncoder().encode('<html>not a zip, but quite long</html>'))).message).toMatch(
      /not a zip archive/,
    );
    expect((await refused(archive.subarray(0, archive.length - 30))).message).toMatch(
      /not a zip archive|corrupted|unexpected data/,
    );
    expect((await refused(archive.subarray(0, 2000))).message).toMatch(/not a zip archive|truncated in the middle/);
    expect((await refused(new Uint8Array(Buffer.concat([Buffer.from('#!/bin/sh\n'), archive])))).name).toBe(
      'TransferError',
    );
    expect((await refused(new Uint8Array(0))).message).toMatch(/not a zip archive/);
    expect((await refused(makeZip([{ name: 'a', data: '1' }], { count: 5 }))).message).toMatch(
      /directory is corrupted/,
    );
    expect(
      (
        await refused(
          makeZip(
            [
              { name: 'a', data: '1' },
              { name: 'b', data: '2' },
            ],
            { count: 1 },
          ),
        )
      ).name,
    ).toBe('TransferError');
  });

  test('an abort ends it at once with its own reason, and leaves no half file', async () => {
    const folder = scratch();
    const server = await serve(makeZip([{ name: 'a.bin', data: noise(12 * 2 ** 20) }]));
    server.ranges = ranges;
    const controller = new AbortController();
    const reason = new Error('enough');
    const unpacked = unpackZip(client(), { url: server.url }, folder, {
      file: 'a.zip',
      signal: controller.signal,
      onProgress: ({ transferred }) => {
        if (transferred > 2 ** 20) controller.abort(reason);
      },
    });
    await expect(unpacked).rejects.toBe(reason);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('progress rises to the size of the archive, and ends with done', async () => {
    const seen: number[] = [];
    const phases = new Set<string>();
    const archive = makeZip(Array.from({ length: 30 }, (_, index) => ({ name: `${index}`, data: noise(40_000) })));
    await unzip(archive, scratch(), {
      onProgress: (event: { transferred: number; total: number; phase: string }) => {
        seen.push(event.transferred);
        phases.add(event.phase);
        expect(event.total).toBe(archive.length);
      },
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(archive.length);
    expect([...phases]).toEqual(['unpack', 'done']);
  });
});

describe('with Range', () => {
  const entries = Array.from({ length: 40 }, (_, index) => ({ name: `f${index}`, data: noise(100_000) }));
  const archive = makeZip(entries);
  const options = { file: 'a.zip' };

  test('the directory comes with the first request, all the rest with one more', async () => {
    const server = await serve(archive);
    await unpackZip(client(), { url: server.url }, scratch(), options);
    expect(server.asked.map(({ range }) => range)).toEqual(['bytes=-262144', expect.stringMatching(/^bytes=0-\d+$/)]);
  });

  test('a connection that breaks again and again goes on where it was', async () => {
    const server = await serve(archive);
    server.cut = ({ count }) => (count === 1 ? 1000 : count < 6 ? 700_000 : undefined);
    const folder = scratch();
    await unpackZip(client(), { url: server.url }, folder, options);
    expect(Object.keys(filesIn(folder))).toHaveLength(40);
    const sent = server.asked.reduce((sum, asked) => sum + asked.sent, 0);
    expect(sent).toBeLessThan(archive.length + 262_144 + 5 * 65_536);
  });

  test('existing files with the right CRC-32 are kept, the others are downloaded in parts', async () => {
    const server = await serve(archive);
    const folder = scratch();
    await unpackZip(client(), { url: server.url }, folder, options);
    writeFileSync(join(folder, 'f3'), noise(100_000));
    writeFileSync(join(folder, 'f20'), 'short');
    server.asked.length = 0;
    const files = await unpackZip(client(), { url: server.url }, folder, options);
    expect(files).toHaveLength(40);
    expect(Buffer.from(filesIn(folder).f3!, 'latin1').equals(entries[3]!.data)).toBe(true);
    expect(Buffer.from(filesIn(folder).f20!, 'latin1').equals(entries[20]!.data)).toBe(true);
    expect(server.asked).toHaveLength(3);
    expect(server.asked.slice(1).reduce((sum, { sent }) => sum + sent, 0)).toBeLessThan(300_000);
  });

  test('an archive that changes during the download is restarted', async () => {
    const server = await serve(archive);
    const other = makeZip([{ name: 'other', data: noise(400_000) }]);
    server.cut = ({ count }) => {
      if (count !== 2) return undefined;
      server.object = { data: other, etag: '"2"' };
      return 500_000;
    };
    const folder = scratch();
    const files = await unpackZip(client(), { url: server.url }, folder, options);
    expect(files.map(({ name }) => name)).toEqual(['other']);
  });

  test('only chosen entries, without reading the others', async () => {
    const server = await serve(
      makeZip([...entries.slice(0, 1), { name: 'big', data: noise(4_000_000) }, ...entries.slice(1, 3)]),
    );
    const folder = scratch();
    const files = await unpackZip(client(), { url: server.url }, folder, {
      ...options,
      filter: (name) => name !== 'big',
    });
    expect(files.map(({ name }) => name)).toEqual(['f0', 'f1', 'f2']);
    expect(server.asked.reduce((sum, { sent }) => sum + sent, 0)).toBeLessThan(700_000);
  });

  test('no query of the address in an error', async () => {
    const server = await serve(archive);
    server.status = () => 403;
    const error = await unpackZip(client(), { url: server.url }, scratch(), options).catch((reason: Error) => reason);
    expect((error as Error).message).toMatch(/cannot read "a.zip": HTTP 403/);
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('secret');
  });
});

test('without Range a connection that breaks means all of it once more', async () => {
  const server = await serve(
    makeZip([
      { name: 'a', data: noise(200_000) },
      { name: 'b', data: noise(200_000) },
    ]),
  );
  server.ranges = false;
  server.cut = ({ count }) => (count === 1 ? 300_000 : undefined);
  const folder = scratch();
  await unpackZip(client(), { url: server.url }, folder, { file: 'a.zip' });
  expect(Object.keys(filesIn(folder))).toEqual(['a', 'b']);
});

test.each([
  'signed64',
  'bare64',
  'signed32',
  'bare32',
] as const)('a descriptor (%s) at the edge of what is read at once', async (descriptor) => {
  const lengths = Array.from({ length: 41 }, (_, index) => 65_500 + index);
  const entries = lengths.map((length) => ({ name: String(length), data: noise(length), method: 0, descriptor }));
  const server = await serve(makeZip(entries, { zip64: descriptor.endsWith('64') }));
  server.ranges = false;
  const folder = scratch();
  const files = await unpackZip(client(), { url: server.url }, folder, { file: 'a.zip' });
  expect(files.map(({ size }) => size)).toEqual(lengths);
  const found = filesIn(folder);
  for (const { name, data } of entries) expect(Buffer.from(found[name]!, 'latin1').equals(data)).toBe(true);
});

test('bytes that come one by one are looked at ahead in linear time', async () => {
  const one = Uint8Array.of(7);
  const count = 2 ** 19;
  const cursor = createCursor(async () => one);
  expect((await cursor.peek(count)).length).toBe(count);
  expect(cursor.position).toBe(0);
  expect((await cursor.take(3)).length).toBe(3);
});

test.each([
  ['invalid', (packed: Uint8Array) => packed.fill(255, 0, 20)],
  ['changed', (packed: Uint8Array) => packed.fill(65, packed.length - 8)],
])('a file that is read by itself, whose packed bytes are %s, is damaged', async (_, damage) => {
  const archive = makeZip([
    { name: 'whole', data: text(5000) },
    { name: 'bad', data: text(5000), damage },
  ]);
  const zip = await remoteZip(client(), bytesSource(archive, 'a.zip'));
  expect(await new Response(zip.file('whole') as ReadableStream<Uint8Array<ArrayBuffer>>).text()).toBe(text(5000));
  const read = new Response(zip.file('bad') as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer();
  await expect(read).rejects.toThrow(IntegrityError);
  await expect(read).rejects.toThrow(/cannot unpack "bad" from "a\.zip"/);
});
