import type { FileSystem } from '../../src/core/platform.ts';

import { bytes, type Cases, collect, equal, failure, pattern } from './check.ts';

/** What a case gets: the file system under test and an empty folder of its own, as an absolute path. */
export interface Place {
  fs: FileSystem;
  folder: string;
}

async function text(fs: FileSystem, path: string): Promise<string> {
  const source = await fs.source(path);
  const content = await bytes(await source.slice(0, source.size));
  await source.close?.();
  return new TextDecoder().decode(content);
}

async function put(fs: FileSystem, path: string, content: string | Uint8Array, lastModified?: Date): Promise<void> {
  const sink = await fs.sink(path);
  await sink.write(typeof content === 'string' ? new TextEncoder().encode(content) : content, 0);
  await sink.commit({ lastModified });
}

/** What every `FileSystem` does. */
export const filesystemCases: Cases<Place> = {
  async 'a committed file is there with its content, also in new folders'({ fs, folder }) {
    const path = fs.join(folder, 'a', 'b', 'data.csv');
    await put(fs, path, 'x,y\n1,2\n');
    equal(await text(fs, path), 'x,y\n1,2\n', 'content');
    const found = await fs.stat(path);
    equal([found?.path, found?.kind, found?.size], [path, 'file', 8], 'stat');
  },

  async 'an empty file is legal'({ fs, folder }) {
    const path = fs.join(folder, 'empty');
    const sink = await fs.sink(path);
    await sink.commit();
    const source = await fs.source(path);
    equal(source.size, 0, 'size');
    equal((await bytes(await source.slice(0, 0))).length, 0, 'bytes');
    await source.close?.();
  },

  async 'nothing is visible before commit, and nothing is left after abort'({ fs, folder }) {
    const path = fs.join(folder, 'out', 'x.bin');
    const sink = await fs.sink(path);
    await sink.write(new Uint8Array(10), 0);
    equal((await fs.stat(path))?.size ?? 0, 0, 'visible size before commit');
    await sink.abort(new Error('stop'));
    await sink.abort();
    equal(await collect(fs.walk(folder)), [], 'entries after abort');
  },

  async 'an abort leaves the older file as it was'({ fs, folder }) {
    const path = fs.join(folder, 'x.txt');
    await put(fs, path, 'old');
    const sink = await fs.sink(path);
    await sink.write(new TextEncoder().encode('newer'), 0);
    await sink.abort();
    equal(await text(fs, path), 'old', 'content');
    equal((await collect(fs.walk(folder))).length, 1, 'entries');
  },

  async 'a commit replaces the older file, a longer one too'({ fs, folder }) {
    const path = fs.join(folder, 'x.txt');
    await put(fs, path, 'a long old content');
    await put(fs, path, 'new');
    equal(await text(fs, path), 'new', 'content');
    equal((await collect(fs.walk(folder))).length, 1, 'entries');
  },

  async 'writes are positional: any order, and again'({ fs, folder }) {
    const path = fs.join(folder, 'parts');
    const sink = await fs.sink(path);
    const encode = (value: string) => new TextEncoder().encode(value);
    await sink.write(encode('world'), 6);
    await sink.write(encode('HELLO '), 0);
    await sink.write(encode('hello '), 0);
    await sink.commit();
    equal(await text(fs, path), 'hello world', 'content');
  },

  async 'a finished sink takes nothing more'({ fs, folder }) {
    const sink = await fs.sink(fs.join(folder, 'x'));
    await sink.commit();
    equal((await failure(sink.write(new Uint8Array(1), 0))).includes('closed'), true, 'write says closed');
    equal((await failure(sink.commit())).includes('closed'), true, 'commit says closed');
  },

  async 'a slice of a large file has exactly its bytes, in steps'({ fs, folder }) {
    const content = pattern(2_500_000);
    const path = fs.join(folder, 'large.bin');
    await put(fs, path, content);
    const source = await fs.source(path);
    const [start, end] = [700_001, 2_400_003];
    const chunks = await collect((await source.slice(start, end)) as unknown as AsyncIterable<Uint8Array>);
    equal(chunks.length > 1, true, 'more than one chunk');
    const got = await bytes(new Response(new Blob(chunks as BlobPart[])).body!);
    equal(got.length, end - start, 'length');
    equal(
      got.every((byte, index) => byte === content[start + index]),
      true,
      'bytes',
    );
    await source.close?.();
  },

  async 'two slices can be read at once, and one again'({ fs, folder }) {
    const path = fs.join(folder, 'x');
    await put(fs, path, '0123456789');
    const source = await fs.source(path);
    const read = async (start: number, end: number) =>
      new TextDecoder().decode(await bytes(await source.slice(start, end)));
    equal(await Promise.all([read(0, 5), read(5, 10), read(3, 7)]), ['01234', '56789', '3456'], 'slices');
    equal(await read(0, 5), '01234', 'the first once more');
    await source.close?.();
  },

  async 'a cancelled slice does not hinder the next one'({ fs, folder }) {
    const path = fs.join(folder, 'x');
    await put(fs, path, pattern(3_000_000));
    const source = await fs.source(path);
    const reader = (await source.slice(0, source.size)).getReader();
    await reader.read();
    await reader.cancel();
    equal((await bytes(await source.slice(10, 20))).length, 10, 'bytes of the next slice');
    await source.close?.();
  },

  async 'a source knows its name and size'({ fs, folder }) {
    await put(fs, fs.join(folder, 'sub', 'Some Näme.csv'), 'abc');
    const source = await fs.source(fs.join(folder, 'sub', 'Some Näme.csv'));
    equal([source.name, source.size], ['Some Näme.csv', 3], 'name and size');
    equal(source.lastModified instanceof Date, true, 'a modification time');
    await source.close?.();
  },

  async 'the identity stays while the file does, and differs after a change'({ fs, folder }) {
    const path = fs.join(folder, 'x');
    await put(fs, path, 'abc');
    const source = await fs.source(path);
    const before = await source.identity?.();
    equal(await source.identity?.(), before, 'unchanged');
    // Some systems count modification times in milliseconds.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await put(fs, path, 'abd');
    const after = await source.identity?.().catch((error: Error) => error.message);
    equal(after === before, false, 'the identity after a change of the same length is the same');
    await source.close?.();
  },

  async 'a file that was cut is an error, not a short read'({ fs, folder }) {
    const path = fs.join(folder, 'x');
    await put(fs, path, '0123456789');
    const source = await fs.source(path);
    await put(fs, path, '01');
    const message = await failure(Promise.resolve(source.slice(0, 10)).then(bytes));
    equal(message.includes(path), true, `the message names the path (${message})`);
    await source.close?.();
  },

  async 'a missing file is an error that says so'({ fs, folder }) {
    const path = fs.join(folder, 'nope.csv');
    const message = await failure(fs.source(path));
    equal(message.includes(path) && message.includes('no such file'), true, `message (${message})`);
    equal(await fs.stat(path), undefined, 'stat');
    equal(await fs.readText(path), undefined, 'readText');
  },

  async 'a folder is not a file'({ fs, folder }) {
    await fs.mkdir(fs.join(folder, 'd', 'e'));
    const path = fs.join(folder, 'd');
    equal((await failure(fs.source(path))).includes('it is a folder'), true, 'source says so');
    equal((await failure(fs.sink(path))).includes('it is a folder'), true, 'sink says so');
    equal((await failure(fs.readText(path))).includes(path), true, 'readText names it');
    equal((await fs.stat(path))?.kind, 'directory', 'kind');
  },

  async 'a file is not a folder'({ fs, folder }) {
    const path = fs.join(folder, 'f');
    await put(fs, path, 'x');
    await failure(fs.sink(fs.join(path, 'below')));
    await failure(fs.mkdir(fs.join(path, 'below')));
    await failure(collect(fs.walk(path)));
    equal(await fs.stat(fs.join(path, 'below')), undefined, 'stat below a file');
    equal(await fs.readText(fs.join(path, 'below')), undefined, 'readText below a file');
  },

  async 'a walk has all files below, sorted by their whole path'({ fs, folder }) {
    for (const name of ['b.txt', 'a/z.txt', 'a/c/d.txt', 'a-b', 'B', 'a/é.txt']) {
      await put(fs, fs.join(folder, ...name.split('/')), name);
    }
    await fs.mkdir(fs.join(folder, 'hollow'));
    const entries = await collect(fs.walk(folder));
    equal(
      entries.map((entry) => entry.path),
      ['B', 'a-b', 'a/c/d.txt', 'a/z.txt', 'a/é.txt', 'b.txt'],
      'paths',
    );
    equal(
      entries.every((entry) => entry.kind === 'file' && entry.size > 0 && entry.lastModified instanceof Date),
      true,
      'kind, size and time',
    );
  },

  async 'a walk of nothing is an error, of an empty folder empty'({ fs, folder }) {
    await fs.mkdir(fs.join(folder, 'e'));
    equal(await collect(fs.walk(fs.join(folder, 'e'))), [], 'an empty folder');
    const message = await failure(collect(fs.walk(fs.join(folder, 'nope'))));
    equal(message.includes('nope'), true, `message (${message})`);
  },

  async 'readText reads UTF-8 and drops a byte order mark'({ fs, folder }) {
    const path = fs.join(folder, 't.json');
    await put(fs, path, '\uFEFF{"name":"Grüße 🌍"}');
    equal(await fs.readText(path), '{"name":"Grüße 🌍"}', 'text');
  },

  async 'remove takes a file, a whole folder, and nothing'({ fs, folder }) {
    await put(fs, fs.join(folder, 'd', 'e', 'x'), 'x');
    await put(fs, fs.join(folder, 'dd'), 'x');
    await fs.remove(fs.join(folder, 'd'));
    equal(
      (await collect(fs.walk(folder))).map((entry) => entry.path),
      ['dd'],
      'left',
    );
    await fs.remove(fs.join(folder, 'dd'));
    await fs.remove(fs.join(folder, 'dd'));
    equal(await fs.stat(fs.join(folder, 'dd')), undefined, 'the file');
  },

  async 'many sinks at once into one new folder'({ fs, folder }) {
    const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
    await Promise.all(names.map((name) => put(fs, fs.join(folder, 'new', 'deep', name), name)));
    equal((await collect(fs.walk(folder))).length, 40, 'files');
  },

  async 'join joins'({ fs, folder }) {
    await put(fs, fs.join(folder, 'a', '.', 'b', '..', 'c.txt'), 'x');
    equal(
      (await collect(fs.walk(folder))).map((entry) => entry.path),
      ['a/c.txt'],
      'paths',
    );
  },
};

/** Cases for file systems that keep the modification time they are given (browsers cannot). */
export const timeCases: Cases<Place> = {
  async 'commit sets the modification time'({ fs, folder }) {
    const path = fs.join(folder, 'x');
    const time = new Date('2020-02-03T04:05:06Z');
    await put(fs, path, 'x', time);
    equal((await fs.stat(path))?.lastModified, time, 'stat');
    equal((await fs.source(path)).lastModified, time, 'source');
    for await (const entry of fs.walk(folder)) equal(entry.lastModified, time, 'walk');
  },
};

/** Makes the place of the next case: a new folder below `root`. */
export function places(fs: FileSystem, root: string): () => Promise<Place> {
  let count = 0;
  return async () => {
    const folder = fs.join(root, `case${count++}`);
    await fs.mkdir(folder);
    return { fs, folder };
  };
}
