import { describe, expect, test } from 'vitest';
import { MissingCapabilityError, TransferError, ValidationError } from '../../src/core/errors.ts';
import { crc32c } from '../../src/core/hash/crc32c.ts';
import { createMd5 } from '../../src/core/hash/md5.ts';
import type { Platform } from '../../src/core/platform.ts';
import { createBudget } from '../../src/core/transfer/budget.ts';
import { type FileInput, openFiles, toSource } from '../../src/core/transfer/inputs.ts';
import { pool } from '../../src/core/transfer/pool.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { md5, sample, slowCrc32c } from './transfer-storage.ts';

const platform: Platform = memoryPlatform({
  files: { 'one.csv': 'a,b\n', 'tree/top.csv': '1', 'tree/sub/deep.csv': '22' },
});

async function contents(inputs: FileInput[]): Promise<Record<string, string>> {
  const files = await openFiles(inputs, platform);
  const entries = files.map(async ({ name, source }) => {
    const text = await new Response(await source.slice(0, source.size)).text();
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

const text = (value: string) => new TextEncoder().encode(value);

describe('inputs', () => {
  test('every kind gives its bytes under its name', async () => {
    const source = { name: 'source.bin', size: 3, slice: () => new Response('src').body! };
    expect(
      await contents([
        'one.csv',
        { path: 'one.csv', name: 'renamed/uno.csv' },
        'tree',
        { path: 'tree', name: 'prefix' },
        new File(['file'], 'file.txt'),
        { name: 'blob.txt', data: new Blob(['blob']) },
        { name: 'bytes.bin', data: text('bytes') },
        { name: 'buffer.bin', data: text('buffer').buffer },
        { name: 'text.txt', data: 'téxt' },
        { name: 'é'.repeat(127), data: '254 bytes' },
        { name: 'stream.txt', data: new Response('stream').body!, size: 6 },
        { name: 'response.txt', data: new Response('response', { headers: { 'content-length': '8' } }) },
        { name: 'empty.txt', data: '' },
        { name: 'none.txt', data: new Response(null) },
        source,
      ]),
    ).toEqual({
      'one.csv': 'a,b\n',
      'renamed/uno.csv': 'a,b\n',
      'top.csv': '1',
      'sub/deep.csv': '22',
      'prefix/top.csv': '1',
      'prefix/sub/deep.csv': '22',
      'file.txt': 'file',
      'blob.txt': 'blob',
      'bytes.bin': 'bytes',
      'buffer.bin': 'buffer',
      'text.txt': 'téxt',
      ['é'.repeat(127)]: '254 bytes',
      'stream.txt': 'stream',
      'response.txt': 'response',
      'empty.txt': '',
      'none.txt': '',
      'source.bin': 'src',
    });
  });

  test.each<[string, unknown, typeof ValidationError | typeof TransferError, string]>([
    ['a missing file', 'nope.csv', TransferError, 'nope.csv'],
    ['a blob without a name', new Blob(['x']), ValidationError, 'pass { name, data }'],
    [
      'a stream of unknown length',
      { name: 's', data: new Response('x').body },
      ValidationError,
      'pass { name, data, size }',
    ],
    [
      'a response without Content-Length',
      { name: 'r', data: new Response(new Response('x').body) },
      ValidationError,
      'pass { name, data, size }',
    ],
    [
      'a compressed response',
      { name: 'r', data: new Response('x', { headers: { 'content-length': '1', 'content-encoding': 'gzip' } }) },
      ValidationError,
      'no Content-Length',
    ],
    ['an error as a response', { name: 'r', data: new Response('no', { status: 404 }) }, ValidationError, 'HTTP 404'],
    ['a number', { name: 'n', data: 5 }, ValidationError, 'unsupported type (number)'],
    ['nothing', undefined, ValidationError, 'expected a file to be a path or an object, got undefined'],
    ['a promise', Promise.resolve(), ValidationError, 'without a name; await the promise first'],
    ['a file handle', { kind: 'file', name: 'x', getFile() {} }, ValidationError, 'await handle.getFile()'],
    ['a folder handle', { getFileHandle() {} }, ValidationError, 'await directorySources(handle)'],
    ['an open file of Node', { name: 'x', data: { createReadStream() {} } }, ValidationError, 'the path of the file'],
    ['a wrong size', { name: 'w', data: 'abc', size: 4 }, ValidationError, 'expected 4 bytes (size), got 3'],
    ['a negative size', { name: 'w', data: new Response('x').body, size: -1 }, ValidationError, 'got -1'],
    [
      'a long name',
      { name: `a/${'é'.repeat(128)}`, data: 'abc' },
      ValidationError,
      'at most 255 bytes between slashes, got 256',
    ],
    ['a bad name', { name: '../x', data: 'abc' }, ValidationError, 'does not name a file or folder'],
  ])('%s is refused by name', async (_name, input, kind, message) => {
    const failure = await openFiles([input as FileInput], platform).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(kind);
    expect(String(failure)).toContain(message);
  });

  test('a folder where a file is meant', async () => {
    await expect(toSource('tree', platform)).rejects.toThrow(TransferError);
  });

  test('a File that says a path, as some libraries add one, is the File', async () => {
    const file = Object.assign(new File(['file'], 'x.txt'), { path: './elsewhere/x.txt' });
    expect(await contents([file])).toEqual({ 'x.txt': 'file' });
  });

  test('a path where there is no file system', async () => {
    await expect(toSource('x', { name: 'workers', concurrency: 4 })).rejects.toThrow(MissingCapabilityError);
  });

  test('what was opened before a bad one is closed again', async () => {
    let closed = 0;
    const source = { name: 'a', size: 0, slice: () => new Response('').body!, close: async () => void closed++ };
    await expect(openFiles([source, 'nope'], platform)).rejects.toThrow(TransferError);
    expect(closed).toBe(1);
  });

  test('two inputs of one name', async () => {
    await expect(openFiles(['one.csv', { name: 'ONE.csv', data: '' }], platform)).rejects.toThrow('many file systems');
  });
});

describe('pool', () => {
  test('keeps the order and the limit', async () => {
    let active = 0;
    let most = 0;
    const results = await pool([30, 10, 20, 0], 2, async (ms, index) => {
      most = Math.max(most, ++active);
      await new Promise((resolve) => setTimeout(resolve, ms));
      active--;
      return index;
    });
    expect(results).toEqual([0, 1, 2, 3]);
    expect(most).toBe(2);
  });

  test('the first failure stops the others, and is what is thrown', async () => {
    const started: number[] = [];
    const failure = new Error('first');
    let ended = false;
    const job = pool([0, 1, 2, 3], 2, async (item, _index, signal) => {
      started.push(item);
      if (item === 0) throw failure;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      ended = true;
      throw signal.reason;
    });
    await expect(job).rejects.toBe(failure);
    expect(started).toEqual([0, 1]);
    expect(ended).toBe(true);
  });

  test('an abort rejects with its reason', async () => {
    const controller = new AbortController();
    const job = pool(
      [1],
      1,
      (_item, _index, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      controller.signal,
    );
    controller.abort('why');
    await expect(job).rejects.toBe('why');
    await expect(pool([], 3, async () => 1, controller.signal)).rejects.toBe('why');
  });

  test('nothing to do', async () => {
    expect(await pool([], 3, async () => 1)).toEqual([]);
  });
});

test('the budget lets through what fits, in order, and forgets those who gave up', async () => {
  const budget = createBudget(10);
  const forever = new AbortController().signal;
  const first = await budget.take(6, forever);
  const controller = new AbortController();
  const gaveUp = budget.take(20, controller.signal).catch((reason: unknown) => reason);
  let third = false;
  const waiting = budget.take(4, forever).then((giveBack) => {
    third = true;
    return giveBack;
  });
  await new Promise((resolve) => setTimeout(resolve));
  expect(third).toBe(false);
  controller.abort('no more');
  expect(await gaveUp).toBe('no more');
  const giveBack = await waiting;
  first();
  first();
  giveBack();
  const large = await budget.take(50, forever);
  large();
});

describe('hashes', () => {
  test('CRC-32C: the known answer, and ours against a plain one, in pieces', () => {
    expect(crc32c(text('123456789')).toString(16)).toBe('e3069283');
    for (let length = 0; length < 70; length++) {
      const bytes = sample(length, length);
      const split = length >> 1;
      const value = crc32c(bytes.subarray(split), crc32c(bytes.subarray(0, split)));
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      expect(digest.toString('base64')).toBe(slowCrc32c(bytes));
    }
  });

  test('MD5: against that of Node, in pieces', async () => {
    for (let length = 0; length < 200; length++) {
      const bytes = sample(length, length);
      const hasher = createMd5();
      hasher.update(bytes.subarray(0, length >> 1));
      hasher.update(bytes.subarray(length >> 1));
      expect(Buffer.from(await hasher.digest()).toString('base64')).toBe(md5(bytes));
    }
  });
});
