import {
  browserPlatform,
  directoryFiles,
  directoryFolder,
  directorySources,
  fileSource,
  indexedDbState,
  opfs,
} from '../../src/platform/browser/index.ts';
import { bytes, type Cases, collect, equal, failure } from './check.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/** What the browser's own helpers do with a folder handle, as the picker gives one; here it is one of OPFS. */
export const browserCases: Cases<FileSystemDirectoryHandle> = {
  async 'a download into a folder handle makes folders and files'(handle) {
    const sink = await directoryFolder(handle).sink('a/b/c.txt');
    await sink.write(encode('world'), 6);
    await sink.write(encode('hello '), 0);
    await sink.commit();
    const folder = await (await handle.getDirectoryHandle('a')).getDirectoryHandle('b');
    equal(await (await (await folder.getFileHandle('c.txt')).getFile()).text(), 'hello world', 'content');
  },
  async 'an aborted download leaves no file, and an older one as it was'(handle) {
    const folder = directoryFolder(handle);
    const older = await folder.sink('older.txt');
    await older.write(encode('old'), 0);
    await older.commit();
    for (const name of ['older.txt', 'new.txt']) {
      const sink = await folder.sink(name);
      await sink.write(encode('something longer'), 0);
      await sink.abort(new Error('stop'));
    }
    const files = await directorySources(handle);
    equal(
      await Promise.all(files.map(async ({ name, data }) => [name, await data.text()])),
      [['older.txt', 'old']],
      'files',
    );
  },
  async 'a folder handle gives its files by path, in order'(handle) {
    for (const name of ['b.txt', 'a/z.txt', 'a-b', 'a/c/d.txt']) {
      const sink = await directoryFolder(handle).sink(name);
      await sink.write(encode(name), 0);
      await sink.commit();
    }
    const files = await directorySources(handle);
    equal(
      files.map(({ name, data }) => [name, data.size]),
      [
        ['a-b', 3],
        ['a/c/d.txt', 9],
        ['a/z.txt', 7],
        ['b.txt', 5],
      ],
      'names and sizes',
    );
  },
  async 'a chosen file is a source'() {
    const source = fileSource(new File(['0123456789'], 'x.csv', { lastModified: 1_600_000_000_000 }));
    equal([source.name, source.size, source.lastModified], ['x.csv', 10, new Date(1_600_000_000_000)], 'facts');
    equal(new TextDecoder().decode(await bytes(await source.slice(2, 5))), '234', 'slice');
    equal(await source.identity?.(), await source.identity?.(), 'identity');
    const blob = source.blob?.(2, 5);
    equal([await blob?.text(), blob?.size], ['234', 3], 'a part as a blob');
    equal(fileSource(new Blob(['x']), 'y.txt').name, 'y.txt', 'the name that a blob was given');
  },
  async 'the key of a file is the same for the same file, whoever opens it'(handle) {
    const file = (text: string, name = 'x.csv') => new File([text], name, { lastModified: 1_600_000_000_000 });
    const key = fileSource(file('abc')).key;
    equal(typeof key, 'string', 'kind');
    equal(fileSource(file('abc')).key, key, 'key of the same file');
    for (const other of [file('abcd'), file('abc', 'y.csv'), new File(['abc'], 'x.csv', { lastModified: 1 })]) {
      equal(fileSource(other).key === key, false, `${other.name} of ${other.size} bytes has the key of another file`);
    }
    equal(fileSource(new Blob(['abc'])).key, undefined, 'key of a blob');
    for (const folder of ['a', 'b']) {
      const sink = await directoryFolder(handle).sink(`${folder}/same.txt`);
      await sink.write(encode('same'), 0);
      await sink.commit();
    }
    const fs = directoryFiles(async () => handle);
    const keys = await Promise.all(['a/same.txt', '/a/same.txt', 'b/same.txt'].map((path) => fs.source(path)));
    equal(keys[0]?.key === keys[1]?.key, true, 'two ways to write one path');
    equal(keys[0]?.key === keys[2]?.key, false, 'one key for two files');
  },
  async 'a chosen file that changed on disk is an error that says so'(handle) {
    const write = async (text: string) => {
      const sink = await directoryFolder(handle).sink('x.txt');
      await sink.write(encode(text), 0);
      await sink.commit();
    };
    await write('abc');
    const source = fileSource(await (await handle.getFileHandle('x.txt')).getFile());
    await new Promise((resolve) => setTimeout(resolve, 20));
    await write('changed');
    const expected = 'cannot read "x.txt": it changed or became unreadable after it was opened';
    equal(await failure(source.identity?.() ?? Promise.resolve()), expected, 'identity');
    equal(await failure(Promise.resolve(source.slice(0, 3)).then(bytes)), expected, 'slice');
  },
  async 'opfs has a root of its own, and paths may be absolute'() {
    const [one, two] = [opfs('one'), opfs('two/deep')];
    for (const fs of [one, two]) {
      const sink = await fs.sink('/same.txt');
      await sink.write(encode(fs === one ? '1' : '2'), 0);
      await sink.commit();
    }
    equal([await one.readText('same.txt'), await two.readText('./same.txt')], ['1', '2'], 'contents');
    await one.remove('');
    equal(await collect(one.walk('')), [], 'the first after it was emptied');
    equal(await two.readText('same.txt'), '2', 'the second');
  },
  async 'a permission that was refused once is asked for again'(handle) {
    let asked = 0;
    const fs = directoryFiles(async () => {
      asked += 1;
      if (asked === 1) throw new DOMException('refused', 'NotAllowedError');
      return handle;
    });
    equal(
      await failure(fs.readText('x.txt').then(() => undefined)),
      'cannot access "x.txt": permission denied',
      'refused',
    );
    equal([await fs.readText('x.txt'), await fs.readText('y.txt'), asked], [undefined, undefined, 2], 'granted');
  },
  async 'a database that could not be opened is opened again'() {
    const done = (request: IDBRequest): Promise<void> =>
      new Promise((resolve) => {
        request.onsuccess = () => resolve();
      });
    const newer = indexedDB.open('of a newer release', 2);
    await done(newer);
    newer.result.close();
    const state = indexedDbState('of a newer release');
    const failed = await failure(state.get('a'));
    const why = 'a newer version of this page created it; reload the page';
    equal(failed, `cannot open the database "of a newer release": ${why}`, 'the first use');
    await done(indexedDB.deleteDatabase('of a newer release'));
    await state.set('a', 1);
    equal(await state.get('a'), 1, 'the second');
  },
  async 'nothing is there unless it is passed'() {
    const platform = browserPlatform();
    equal([platform.fs, platform.state, platform.env, platform.opaqueRedirects], [null, null, null, true], 'members');
    const fs = opfs();
    equal(browserPlatform({ fs }).fs === fs, true, 'the one that was passed');
  },
};
