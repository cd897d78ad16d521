import { type R2BucketLike, r2Folder, r2Source, r2Sources, r2Target } from '../../src/platform/workers/index.ts';
import { bytes, type Cases, equal, failure, pattern } from './check.ts';

const encode = (text: string) => new TextEncoder().encode(text);

async function content(bucket: R2BucketLike, key: string): Promise<Uint8Array> {
  const source = await r2Source(bucket, key);
  return bytes(await source.slice(0, source.size));
}

async function same(actual: Uint8Array, expected: Uint8Array): Promise<void> {
  equal(actual.length, expected.length, 'length');
  equal(
    actual.every((byte, index) => byte === expected[index]),
    true,
    'bytes',
  );
}

/** What R2 sources and sinks do, on a bucket that other cases use too. */
export const r2Cases: Cases<R2BucketLike> = {
  async 'a small object is put at commit, and not before'(bucket) {
    const sink = await r2Folder(bucket, 'out').sink('a/b.txt');
    await sink.write(encode('hello '), 0);
    await sink.write(encode('world'), 6);
    equal(await bucket.head('out/a/b.txt'), null, 'before commit');
    await sink.commit({ lastModified: new Date() });
    await same(await content(bucket, 'out/a/b.txt'), encode('hello world'));
  },
  async 'an empty object is legal'(bucket) {
    await (await r2Folder(bucket, 'out/').sink('empty')).commit();
    equal((await content(bucket, 'out/empty')).length, 0, 'size');
  },
  async 'a large object goes in parts of one size, whatever the chunks are'(bucket) {
    const expected = pattern(20_000_003);
    const sink = await r2Folder(bucket).sink('large.bin');
    for (let position = 0; position < expected.length; position += 700_001) {
      await sink.write(expected.subarray(position, position + 700_001), position);
    }
    equal(await bucket.head('large.bin'), null, 'before commit');
    await sink.commit();
    await same(await content(bucket, 'large.bin'), expected);
    const source = await r2Source(bucket, 'large.bin');
    await same(await bytes(await source.slice(8_388_600, 8_388_620)), expected.subarray(8_388_600, 8_388_620));
  },
  async 'exactly one part and one chunk of two'(bucket) {
    for (const size of [8 << 20, 16 << 20]) {
      const sink = await r2Folder(bucket).sink('exact.bin');
      await sink.write(pattern(size), 0);
      await sink.commit();
      equal((await bucket.head('exact.bin'))?.size, size, 'size');
    }
  },
  async 'a file that several processes write part by part, each with a target of its own'(bucket) {
    const expected = pattern(11_000_003);
    const file = { job: 'job-1', name: 'parts/x.bin', size: expected.length, partSize: 5 << 20, crc32c: 0 };
    let kept: unknown;
    for (let position = 0; position < expected.length; position += file.partSize) {
      const part = { ...file, kept, position, bytes: expected.subarray(position, position + file.partSize) };
      // A process that was killed after the last write: its successor repeats it.
      if (position > file.partSize) await r2Target(bucket, 'out').write(part);
      kept = JSON.parse(JSON.stringify(await r2Target(bucket, 'out').write(part)));
    }
    equal(await bucket.head('out/parts/x.bin'), null, 'before finish');
    for (const time of ['once', 'again'])
      equal(await r2Target(bucket, 'out').finish({ ...file, kept }), true, `finish ${time}`);
    await same(await content(bucket, 'out/parts/x.bin'), expected);
    equal(await r2Target(bucket, 'out').finish({ ...file, job: 'job-2', kept }), false, 'finish of another job');
    const last = { ...file, kept, position: 2 * file.partSize, bytes: expected.subarray(2 * file.partSize) };
    equal(await r2Target(bucket, 'out').write(last), undefined, 'a part of an upload that is gone');
  },
  async 'small and empty files of a job are put at once'(bucket) {
    const file = { job: 'job-1', kept: undefined, partSize: 8 << 20, crc32c: 0 };
    const target = r2Target(bucket, 'small/');
    const hello = encode('hello');
    for (const _ of [1, 2]) await target.write({ ...file, name: 'a.txt', size: 5, position: 0, bytes: hello });
    equal(await target.finish({ ...file, name: 'a.txt', size: 5 }), true, 'finish');
    await same(await content(bucket, 'small/a.txt'), hello);
    equal(await target.finish({ ...file, name: 'none', size: 0 }), true, 'finish of an empty file');
    equal((await content(bucket, 'small/none')).length, 0, 'size');
  },
  async 'writes that nobody waits for stay in order'(bucket) {
    const expected = pattern(17 << 20);
    const sink = await r2Folder(bucket).sink('eager.bin');
    const step = 3 << 20;
    const positions = Array.from({ length: 6 }, (_, index) => index * step);
    await Promise.all(positions.map((position) => sink.write(expected.subarray(position, position + step), position)));
    await sink.commit();
    await same(await content(bucket, 'eager.bin'), expected);
  },
  async 'writing at byte 0 again starts over'(bucket) {
    const sink = await r2Folder(bucket).sink('again.bin');
    await sink.write(pattern(9 << 20), 0);
    await sink.write(encode('new'), 0);
    await sink.commit();
    await same(await content(bucket, 'again.bin'), encode('new'));
  },
  async 'out of order is an error that names the key'(bucket) {
    const sink = await r2Folder(bucket).sink('gap.bin');
    await sink.write(encode('ab'), 0);
    const message = await failure(sink.write(encode('x'), 9));
    equal(message.includes('gap.bin') && message.includes('byte 9'), true, message);
  },
  async 'abort leaves no object, and the older one as it was'(bucket) {
    await bucket.put('kept.txt', encode('old'));
    for (const size of [10, 9 << 20]) {
      const sink = await r2Folder(bucket).sink('kept.txt');
      await sink.write(pattern(size), 0);
      await sink.abort();
      await sink.abort();
      await failure(sink.write(encode('x'), size));
      await failure(sink.commit());
    }
    await same(await content(bucket, 'kept.txt'), encode('old'));
  },
  async 'a source has a name, a size, and ranges'(bucket) {
    await bucket.put('in/data.csv', encode('0123456789'));
    const source = await r2Source(bucket, 'in/data.csv');
    equal([source.name, source.size], ['data.csv', 10], 'name and size');
    equal(source.lastModified instanceof Date, true, 'a time');
    await same(await bytes(await source.slice(3, 7)), encode('3456'));
    await same(await bytes(await source.slice(4, 4)), new Uint8Array());
  },
  async 'reads by position, over one request while they go on in order'(bucket) {
    const expected = pattern(1_500_000);
    await bucket.put('by-position', expected);
    let requests = 0;
    const counting: R2BucketLike = {
      ...bucket,
      head: (key) => bucket.head(key),
      get: (key, options) => {
        requests += 1;
        return bucket.get(key, options);
      },
    };
    const source = await r2Source(counting, 'by-position');
    const buffer = new Uint8Array(400_000);
    const got = new Uint8Array(expected.length);
    for (let at = 0; at < got.length; ) {
      const count = await source.read!(buffer, at);
      got.set(buffer.subarray(0, count), at);
      at += count;
    }
    await same(got, expected);
    equal([await source.read!(buffer, got.length), requests], [0, 1], 'bytes after the end, and requests');
    const two = await Promise.all([source.read!(new Uint8Array(9), 1_000_000), source.read!(buffer.subarray(0, 7), 3)]);
    equal([two, requests], [[9, 7], 3], 'two at once');
    await same(buffer.subarray(0, 7), expected.subarray(3, 10));
    await source.close!();
    equal(await source.read!(buffer.subarray(0, 5), 700_000), 5, 'after it was closed');
    await same(buffer.subarray(0, 5), expected.subarray(700_000, 700_005));
    await source.close!();
  },
  async 'its key tells one content from another, in this process and the next'(bucket) {
    const keyOf = async (text: string) => {
      await bucket.put('known', encode(text));
      return (await r2Source(bucket, 'known')).key;
    };
    const first = await keyOf('abc');
    equal(await keyOf('abc'), first, 'the same content');
    equal((await keyOf('abd')) === first, false, 'the key is the same after a change');
    const [listed] = await r2Sources(bucket, '');
    equal(typeof listed?.data.key, 'string', 'key of a listed object');
  },
  async 'a replaced object is noticed: by identity, and by the next read'(bucket) {
    await bucket.put('changing', encode('abc'));
    const source = await r2Source(bucket, 'changing');
    const before = await source.identity?.();
    equal(await source.identity?.(), before, 'unchanged');
    await bucket.put('changing', encode('abd'));
    equal((await source.identity?.()) === before, false, 'the identity is the same after a change');
    const message = await failure(Promise.resolve(source.slice(0, 3)));
    equal(message, 'cannot read "changing": the object was replaced while it was being read', 'message');
  },
  async 'a missing object is an error that says so'(bucket) {
    equal(await failure(r2Source(bucket, 'nope')), 'cannot read "nope": no such file', 'message');
  },
  async 'a prefix is a folder: names below it, sorted, over all pages'(bucket) {
    const puts = Array.from({ length: 1005 }, (_, index) => bucket.put(`many/d/${index}`, encode('x')));
    await Promise.all(puts);
    await bucket.put('many/a.txt', encode('x'));
    await bucket.put('many/d/', encode(''));
    await bucket.put('many-more/b.txt', encode('x'));
    const files = await r2Sources(bucket, 'many');
    equal(files.length, 1006, 'files');
    equal(
      files.slice(0, 3).map(({ name, data }) => [name, data.size]),
      [
        ['a.txt', 1],
        ['d/0', 1],
        ['d/1', 1],
      ],
      'the first ones',
    );
    equal((await r2Sources(bucket, 'nothing')).length, 0, 'files of an empty prefix');
  },
};
