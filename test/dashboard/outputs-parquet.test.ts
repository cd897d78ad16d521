import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { openParquet, pageRows } from '../../examples/dashboard/src/outputs/parquet/table.ts';
import { formatDecimal, formatValue } from '../../examples/dashboard/src/outputs/parquet/values.ts';

type WriteOptions = Parameters<typeof parquetWriteBuffer>[0];

/** A Parquet file in memory that counts what is read. */
function fileOf(options: WriteOptions | ArrayBuffer) {
  const bytes = new Uint8Array(options instanceof ArrayBuffer ? options : parquetWriteBuffer(options));
  const reads: [start: number, end: number][] = [];
  return {
    size: bytes.length,
    bytes,
    reads,
    total: () => reads.reduce((sum, [start, end]) => sum + end - start, 0),
    read: async (start: number, end: number) => {
      reads.push([start, end]);
      return bytes.slice(start, end);
    },
  };
}

const numbers = (count: number) => Float64Array.from({ length: count }, (_, index) => Math.sin(index));

test('only the footer and the columns and row groups that are shown are read', async () => {
  const count = 200_000;
  const file = fileOf({
    columnData: [
      { name: 'id', data: Array.from({ length: count }, (_, index) => index), type: 'INT32' },
      { name: 'x', data: Array.from(numbers(count)), type: 'DOUBLE' },
      { name: 'y', data: Array.from(numbers(count)), type: 'DOUBLE' },
    ],
    rowGroupSize: 10_000,
    codec: 'UNCOMPRESSED',
  });
  expect(file.size).toBeGreaterThan(3_000_000);
  const table = await openParquet(file);
  expect(table).toMatchObject({ rowCount: count, rowGroups: 20 });
  expect(table.columns.map(({ name, type, kind }) => `${name} ${type} ${kind}`)).toEqual([
    'id int32 number',
    'x double number',
    'y double number',
  ]);
  expect(file.total()).toBeLessThan(70_000);

  const { first, rows } = await table.readPage(150_500, [0, 1]);
  expect(first).toBe(150_000);
  expect(rows).toHaveLength(pageRows);
  expect(rows[500]).toEqual(['150500', String(Math.sin(150_500))]);
  expect(file.total()).toBeLessThan(file.size / 10);
  expect(table.cost(150_500, [0, 1])).toBeGreaterThan(80_000);
  expect(table.cost(150_500, [0, 1])).toBeLessThan(200_000);

  // The next page of the same row group needs no request.
  const before = file.reads.length;
  expect((await table.readPage(151_000, [0, 1])).first).toBe(151_000);
  expect(file.reads.length).toBe(before);
});

test('dates, decimals, nested values, bytes, nulls', async () => {
  const file = fileOf({
    schema: [
      { name: 'root', num_children: 7 },
      { name: 'price', type: 'INT64', converted_type: 'DECIMAL', scale: 2, precision: 18, repetition_type: 'OPTIONAL' },
      {
        name: 'when',
        type: 'INT64',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'NANOS' },
        repetition_type: 'OPTIONAL',
      },
      { name: 'day', type: 'INT32', converted_type: 'DATE', repetition_type: 'OPTIONAL' },
      { name: 'big', type: 'INT64', repetition_type: 'OPTIONAL' },
      { name: 'raw', type: 'BYTE_ARRAY', repetition_type: 'OPTIONAL' },
      { name: 'text', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
      { name: 'tags', repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
    ],
    columnData: [
      { name: 'price', data: [12345678.9, null] },
      { name: 'when', data: [1_700_000_000_123_456_789n, null] },
      { name: 'day', data: [new Date('2024-02-29'), null] },
      { name: 'big', data: [9_007_199_254_740_993n, null] },
      { name: 'raw', data: [Uint8Array.of(0xff, 0x00), null] },
      { name: 'text', data: ['<b>ä</b>', null] },
      { name: 'tags', data: [['a', null, 'b'], null] },
    ],
  } as WriteOptions);
  const table = await openParquet(file);
  expect(table.columns.map(({ type }) => type)).toEqual([
    'decimal(18, 2)',
    'timestamp (UTC)',
    'date',
    'int64',
    'byte_array',
    'string',
    'list',
  ]);
  const { rows } = await table.readPage(0, [0, 1, 2, 3, 4, 5, 6]);
  expect(rows[0]).toEqual([
    '12345678.90',
    '2023-11-14 22:13:20.123456789',
    '2024-02-29',
    '9007199254740993',
    '0xff00',
    '<b>ä</b>',
    '["a",null,"b"]',
  ]);
  expect(rows[1]).toEqual(Array(7).fill(null));
});

test('values are formatted exactly', () => {
  expect(['0', '5', '-5', '12345', '-100'].map((text) => formatDecimal(BigInt(text), 2))).toEqual([
    '0.00',
    '0.05',
    '-0.05',
    '123.45',
    '-1.00',
  ]);
  expect(formatDecimal(7n, 0)).toBe('7');
  expect(formatValue({ a: 1n, b: [new Date(0)], c: Number.NaN, d: 2n ** 60n })).toBe(
    '{"a":1,"b":["1970-01-01T00:00:00.000Z"],"c":"NaN","d":"1152921504606846976"}',
  );
  expect([formatValue(null), formatValue(undefined), formatValue(0), formatValue(false), formatValue('')]).toEqual([
    '',
    '',
    '0',
    'false',
    '',
  ]);
});

test.each([
  ['SNAPPY', undefined],
  ['GZIP', (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))],
  ['BROTLI', (bytes: Uint8Array) => new Uint8Array(brotliCompressSync(bytes))],
  ['ZSTD', (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes))],
] as const)('%s is decompressed without WebAssembly', async (codec, compress) => {
  const data = Array.from({ length: 3000 }, (_, index) => `row ${index % 7}`);
  const file = fileOf({
    columnData: [{ name: 'text', data, type: 'STRING' }],
    codec,
    ...(compress && { compressors: { [codec]: compress } }),
  } as WriteOptions);
  const { WebAssembly } = globalThis;
  // @ts-expect-error as under a strict policy
  globalThis.WebAssembly = undefined;
  try {
    const table = await openParquet(file);
    expect(table.codecs).toEqual([codec]);
    expect((await table.readPage(2500, [0])).rows.map(([text]) => text)).toEqual(data.slice(2000));
  } finally {
    globalThis.WebAssembly = WebAssembly;
  }
});

test('damaged and foreign files are refused with a reason', async () => {
  const { bytes } = fileOf({ columnData: [{ name: 'x', data: Array.from(numbers(5000)), type: 'DOUBLE' }] });
  const open = (content: Uint8Array) => openParquet(fileOf(content.slice().buffer));
  await expect(open(bytes.subarray(0, bytes.length - 5))).rejects.toThrow(
    /cannot read the Parquet file: it may be damaged/,
  );
  await expect(open(bytes.subarray(0, 4))).rejects.toThrow(/too short/);
  await expect(open(new TextEncoder().encode('just a text, and no table'))).rejects.toThrow(/it may be damaged/);
  const broken = bytes.slice();
  broken.fill(0xff, 4, 2000);
  const table = await open(broken);
  await expect(table.readPage(0, [0])).rejects.toThrow(/it may be damaged/);
});

test('a lost connection is not called damage, and can be retried', async () => {
  const file = fileOf({ columnData: [{ name: 'x', data: [1, 2, 3], type: 'INT32' }] });
  const table = await openParquet(file);
  const { read } = file;
  const lost = Object.assign(new Error('connection lost'), { name: 'TransferError' });
  file.read = () => Promise.reject(lost);
  await expect(table.readPage(0, [0])).rejects.toBe(lost);
  file.read = read;
  expect((await table.readPage(0, [0])).rows).toEqual([['1'], ['2'], ['3']]);
});

test('a table without rows', async () => {
  const table = await openParquet(fileOf({ columnData: [{ name: 'x', data: [], type: 'INT32' }] }));
  expect(table.rowCount).toBe(0);
  expect(await table.readPage(0, [0])).toEqual({ first: 0, rows: [] });
});
