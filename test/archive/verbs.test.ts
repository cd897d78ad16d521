import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { noWait, withClock } from '../clock.ts';
import { setUp } from './emulated.ts';
import { filesIn, scratch } from './support.ts';

const noise = (length: number) => new Uint8Array(randomBytes(length));
const owner = 'alice';
const slug = 'many-files';

async function publish(client: KaggleClient, files: Record<string, Uint8Array | string>): Promise<void> {
  const inputs = Object.entries(files).map(([name, data]) => ({ name, data }));
  const made = await datasets.create(withClock(client, noWait), { owner, slug, files: inputs });
  await made.ready();
}

describe('datasets.download with unzip', () => {
  test('the files appear in the folder, each with its CRC-32 checked; again, nothing is fetched', async () => {
    const { client, traffic } = setUp();
    const data = { 'a.csv': 'id\n1\n', 'sub/b.bin': noise(200_000), 'sub/deep/c.txt': '' };
    await publish(client, data);
    const folder = scratch();
    const files = await datasets.download(client, { owner, slug }, folder, { unzip: true });
    expect(files).toEqual([
      { name: 'a.csv', path: join(folder, 'a.csv'), size: 5, verified: 'crc32' },
      { name: 'sub/b.bin', path: join(folder, 'sub/b.bin'), size: 200_000, verified: 'crc32' },
      { name: 'sub/deep/c.txt', path: join(folder, 'sub/deep/c.txt'), size: 0, verified: 'crc32' },
    ]);
    expect(Object.keys(filesIn(folder)).sort()).toEqual(Object.keys(data));
    expect(Buffer.from(filesIn(folder)['sub/b.bin']!, 'latin1').equals(data['sub/b.bin'])).toBe(true);
    traffic.gets.length = 0;
    const again = await datasets.download(client, { owner, slug }, folder, { unzip: true });
    expect(again).toEqual(files.map((file) => ({ ...file, skipped: true })));
    expect(traffic.gets).toEqual(['bytes=-262144']);
  });

  test('a stream as the target is refused before anything is sent', async () => {
    const { client, traffic } = setUp();
    const stream = new WritableStream<Uint8Array>();
    await expect(datasets.download(client, { owner, slug }, stream, { unzip: true })).rejects.toThrow(/needs a folder/);
    expect(traffic.calls).toEqual([]);
  });

  test('a dataset that is not there', async () => {
    const { client } = setUp();
    const folder = scratch();
    await expect(datasets.download(client, 'alice/nothing-here', folder, { unzip: true })).rejects.toThrow();
    expect(filesIn(folder)).toEqual({});
  });
});

describe('datasets.openArchive', () => {
  test('lists the files, and fetches only the chosen ones', async () => {
    const { client, traffic } = setUp();
    const big = noise(3_000_000);
    await publish(client, { 'a.csv': 'id\n1\n', 'big.bin': big, 'sub/c.txt': 'see', 'sub/d.txt': 'dee' });
    const archive = await datasets.openArchive(client, `${owner}/${slug}`);
    expect(archive.entries.map(({ name, size }) => [name, size])).toEqual([
      ['a.csv', 5],
      ['big.bin', 3_000_000],
      ['sub/c.txt', 3],
      ['sub/d.txt', 3],
    ]);
    expect(await new Response(archive.file('sub/c.txt')).text()).toBe('see');
    const folder = scratch();
    await archive.extract(folder, /^sub\//);
    await archive.extract(folder, ['a.csv']);
    expect(filesIn(folder)).toEqual({ 'a.csv': 'id\n1\n', 'sub/c.txt': 'see', 'sub/d.txt': 'dee' });
    expect(traffic.bytes).toBeLessThan(400_000);
    expect(() => archive.file('nope')).toThrow(
      /cannot read "nope" from "many-files\.zip": the archive has no such file/,
    );
    expect((await new Response(archive.file('big.bin')).arrayBuffer()).byteLength).toBe(big.length);
    await archive.close();
  });
});

describe('datasets.openRemote', () => {
  const rows = 200_000;
  const column = (make: (index: number) => number) => Array.from({ length: rows }, (_, index) => make(index));
  const parquet = parquetWriteBuffer({
    columnData: [
      { name: 'id', data: column((index) => index), type: 'INT32' },
      { name: 'noise', data: column(() => Math.random()), type: 'DOUBLE' },
      { name: 'more', data: column(() => Math.random()), type: 'DOUBLE' },
    ],
    rowGroupSize: 20_000,
  });

  test('a column and a range of rows of a Parquet file takes only a part of it', async () => {
    const { client, traffic } = setUp();
    await publish(client, { 'table.parquet': new Uint8Array(parquet) });
    const source = await datasets.openRemote(client, { owner, slug, file: 'table.parquet' });
    expect(source.size).toBe(parquet.byteLength);
    const file = {
      byteLength: source.size,
      async slice(start: number, end: number = source.size): Promise<ArrayBuffer> {
        return (await source.readRange(start, end)).slice().buffer;
      },
    };
    const metadata = await parquetMetadataAsync(file);
    const found = await parquetReadObjects({ file, metadata, columns: ['noise'], rowStart: 50_000, rowEnd: 50_010 });
    expect(found).toHaveLength(10);
    expect(parquet.byteLength).toBeGreaterThan(3_000_000);
    expect(traffic.bytes).toBeLessThan(parquet.byteLength / 4);
    expect(traffic.gets.length).toBeLessThanOrEqual(6);
    await source.close();
  });

  test('a file that is not there is an error of the API', async () => {
    const { client } = setUp();
    await publish(client, { 'a.csv': 'x' });
    await expect(datasets.openRemote(client, { owner, slug, file: 'b.csv' })).rejects.toThrow(/b\.csv|not found|404/i);
  });
});
