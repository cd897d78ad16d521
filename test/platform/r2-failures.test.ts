import { expect, test } from 'vitest';
import { kvState, type R2BucketLike, r2Folder, r2Source } from '../../src/platform/workers/index.ts';
import { failure } from './check.ts';

/** A bucket in which everything fails, but what is given. It notes the uploads that were given up. */
function brokenBucket(parts: Partial<R2BucketLike> = {}): R2BucketLike & { aborted: number } {
  const fail = () => Promise.reject(new Error('internal error (10001)'));
  const bucket = { head: fail, get: fail, put: fail, list: fail, createMultipartUpload: fail, aborted: 0, ...parts };
  return bucket as R2BucketLike & { aborted: number };
}

/** A multipart upload that takes parts and fails at the end, or takes none. */
function withUpload(takesParts: boolean) {
  const bucket = brokenBucket({
    createMultipartUpload: async () => ({
      uploadPart: async (partNumber) => {
        if (!takesParts) throw new Error('part refused');
        return { partNumber, etag: String(partNumber) };
      },
      complete: () => Promise.reject(new Error('not complete')),
      abort: async () => {
        bucket.aborted += 1;
      },
    }),
  });
  return bucket;
}

test('a failing put is an error that names the key and says why', async () => {
  const sink = await r2Folder(brokenBucket(), 'out').sink('a.txt');
  await sink.write(new Uint8Array(3), 0);
  expect(await failure(sink.commit())).toBe('cannot write "out/a.txt": internal error (10001)');
  expect(await failure(r2Source(brokenBucket(), 'x'))).toBe('cannot read "x": internal error (10001)');
});

test('an upload that cannot be completed is given up at R2, once', async () => {
  const bucket = withUpload(true);
  const sink = await r2Folder(bucket).sink('a.bin');
  await sink.write(new Uint8Array(9 << 20), 0);
  expect(await failure(sink.commit())).toBe('cannot write "a.bin": not complete');
  expect(bucket.aborted).toBe(1);
  await sink.abort();
  expect(bucket.aborted).toBe(1);
});

test('a refused part fails the write, and abort gives the upload up', async () => {
  const bucket = withUpload(false);
  const sink = await r2Folder(bucket).sink('a.bin');
  expect(await failure(sink.write(new Uint8Array(9 << 20), 0))).toBe('cannot write "a.bin": part refused');
  await sink.abort();
  expect(bucket.aborted).toBe(1);
});

test('an upload that is given up while it begins is given up at R2 too', async () => {
  const bucket = withUpload(true);
  const { createMultipartUpload } = bucket;
  const asked = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  bucket.createMultipartUpload = async (key) => {
    asked.resolve();
    await begun.promise;
    return createMultipartUpload(key);
  };
  const sink = await r2Folder(bucket).sink('a.bin');
  const writing = sink.write(new Uint8Array(9 << 20), 0);
  await asked.promise;
  const ended = sink.abort();
  begun.resolve();
  await Promise.allSettled([writing, ended]);
  expect(bucket.aborted).toBe(1);
});

test('a small file takes little memory, a large one a part', async () => {
  const sizes: number[] = [];
  const bucket = brokenBucket({ put: async (_key, value) => sizes.push(value.buffer.byteLength) });
  for (const size of [100, 1 << 20]) {
    const sink = await r2Folder(bucket).sink('x');
    await sink.write(new Uint8Array(size), 0);
    await sink.commit();
  }
  expect(sizes).toEqual([100, 1 << 20]);
});

test('state in KV expires after a month', async () => {
  const lifetimes: number[] = [];
  const state = kvState({
    get: async () => null,
    put: async (_key, _value, options) => void lifetimes.push(options.expirationTtl),
    delete: async () => undefined,
  });
  await state.set('a', 1);
  expect(lifetimes).toEqual([31 * 24 * 3600]);
});

test('a value in KV that is not JSON counts as none', async () => {
  const state = kvState({ get: async () => '{"cut', put: async () => undefined, delete: async () => undefined });
  expect(await state.get('a')).toBeUndefined();
});
