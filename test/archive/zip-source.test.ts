import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BlobReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { describe, expect, test } from 'vitest';
import { unpackZip } from '../../src/core/archive/unpack.ts';
import { readDirectory } from '../../src/core/archive/zip/directory.ts';
import { zipSource } from '../../src/core/archive/zip/source.ts';
import { bytesSource, streamSource } from '../../src/core/bytes/sources.ts';
import type { ByteSource } from '../../src/core/platform.ts';
import { nodeFiles } from '../../src/platform/common/node-files.ts';
import { client, filesIn, scratch, serve } from './support.ts';

const when = new Date('2023-04-05T06:07:09Z');
const inputs = () => [
  { name: 'a.csv', source: bytesSource(new TextEncoder().encode('id,value\n1,2\n'), 'a.csv', when) },
  { name: 'größe/leer.txt', source: bytesSource(new Uint8Array(0), 'leer.txt', when) },
  { name: 'größe/b.bin', source: bytesSource(new Uint8Array(randomBytes(300_000)), 'b.bin') },
];

async function all(source: ByteSource, start = 0, end = source.size): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(await source.slice(start, end)).arrayBuffer());
}

describe('a zip archive that is made while it is read', () => {
  test('its length is known before, and any part is the same as in the whole', async () => {
    const source = zipSource(inputs());
    const whole = await all(source);
    expect(whole.length).toBe(source.size);
    for (const cut of [
      0,
      1,
      29,
      30,
      43,
      44,
      60,
      150,
      100_000,
      whole.length - 60,
      whole.length - 22,
      whole.length - 1,
    ]) {
      expect(Buffer.from(await all(source, cut)).equals(whole.subarray(cut)), `from ${cut}`).toBe(true);
      expect(Buffer.from(await all(source, 0, cut)).equals(whole.subarray(0, cut)), `to ${cut}`).toBe(true);
    }
    const files = inputs();
    expect(await all(zipSource(files))).toEqual(await all(zipSource(files)));
    expect(await zipSource(files).identity?.()).toBe(await zipSource(files).identity?.());
  });

  test('zip.js reads it', async () => {
    const files = inputs();
    const reader = new ZipReader(new BlobReader(new Blob([await all(zipSource(files))])), { checkSignature: true });
    const entries = await reader.getEntries();
    expect(entries.map(({ filename }) => filename)).toEqual(files.map(({ name }) => name));
    expect(entries[0]!.lastModDate).toEqual(when);
    for (const [index, entry] of entries.entries()) {
      if (entry.directory) throw new Error('a folder');
      const content = await entry.getData(new Uint8ArrayWriter());
      expect(Buffer.from(content).equals(await all(files[index]!.source))).toBe(true);
    }
  });

  test('our own reader unpacks it, times included', async () => {
    const files = inputs();
    const server = await serve(await all(zipSource(files)));
    const folder = scratch();
    await unpackZip(client(), { url: server.url }, folder, { file: 'x.zip' });
    expect(Object.keys(filesIn(folder)).sort()).toEqual(files.map(({ name }) => name).sort());
    expect((await nodeFiles().stat(join(folder, 'a.csv')))?.lastModified).toEqual(when);
  });

  test('more than 65,535 files, and more than 4 GiB, become ZIP64', async () => {
    const empty = bytesSource(new Uint8Array(0), 'x');
    const many = zipSource(Array.from({ length: 66_000 }, (_, index) => ({ name: `${index}`, source: empty })));
    const read = (source: ByteSource) => (start: number, end: number) => all(source, start, end);
    expect((await readDirectory('many', many.size, read(many))).entries).toHaveLength(66_000);

    // As large as it says, but never read as a whole: its CRC-32 is that of what it gives at once.
    const size = 5 * 2 ** 30;
    const huge: ByteSource = { size, slice: () => new ReadableStream({ start: (it) => it.close() }) };
    const archive = zipSource([
      { name: 'small', source: bytesSource(new Uint8Array(9), 'small') },
      { name: 'huge', source: huge },
      { name: 'last', source: bytesSource(new Uint8Array(9), 'last') },
    ]);
    expect(archive.size).toBeGreaterThan(size);
    await expect(all(archive, 0, 100)).rejects.toThrow(
      'cannot archive "huge": the file changed while it was being read',
    );
  });

  test('a file that becomes shorter or longer is an error', async () => {
    for (const length of [500, 1500]) {
      let content = new Uint8Array(1000);
      const file: ByteSource = {
        size: 1000,
        slice: (start) => new Blob([content.subarray(start)]).stream(),
        identity: async () => String(content.length),
      };
      const source = zipSource([{ name: 'a', source: file }]);
      const before = await source.identity?.();
      content = new Uint8Array(length);
      await expect(all(source)).rejects.toThrow('cannot archive "a": the file changed while it was being read');
      expect(await source.identity?.()).not.toBe(before);
    }
  });

  test('streams, and names that nobody could unpack, are refused', () => {
    const stream = streamSource(new Blob(['x']).stream(), 's', 1);
    expect(() => zipSource([{ name: 's', source: stream }])).toThrow(/read only once/);
    expect(() => zipSource([{ name: '../s', source: bytesSource(new Uint8Array(0), 's') }])).toThrow(
      /does not name a file or folder/,
    );
  });
});

test("Python's zipfile agrees about names, sizes, sums and times", async ({ skip }) => {
  const folder = scratch();
  mkdirSync(join(folder, 'in'));
  for (const name of ['one.txt', 'zwei ö.txt']) {
    writeFileSync(join(folder, 'in', name), `content of ${name}`);
    utimesSync(join(folder, 'in', name), when, when);
  }
  const files = await Promise.all(
    ['one.txt', 'zwei ö.txt'].map(async (name) => ({
      name,
      source: await nodeFiles().source(join(folder, 'in', name)),
    })),
  );
  writeFileSync(join(folder, 'a.zip'), await all(zipSource(files)));
  const script = `import sys,zipfile
z=zipfile.ZipFile(sys.argv[1]); bad=z.testzip()
print(bad, [(i.filename,i.file_size,i.date_time) for i in z.infolist()])`;
  let said: string;
  try {
    said = execFileSync('python3', ['-c', script, join(folder, 'a.zip')], { encoding: 'utf8' });
  } catch {
    return skip('there is no python3 here');
  }
  expect(said.trim()).toBe("None [('one.txt', 18, (2023, 4, 5, 6, 7, 8)), ('zwei ö.txt', 22, (2023, 4, 5, 6, 7, 8))]");
});
