import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { pullStream } from '../../src/core/bytes/pull-stream.ts';
import { openFiles } from '../../src/core/transfer/inputs.ts';
import { folderState, nodePlatform } from '../../src/platform/node/index.ts';
import { bytes, collect, failure } from './check.ts';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();
const fs = nodePlatform().fs!;
let count = 0;

/** A new folder with these files. */
function folder(files: Record<string, string> = {}): string {
  const path = join(root, `n${count++}`);
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(path, name, '..'), { recursive: true });
    writeFileSync(join(path, name), content);
  }
  return path;
}

async function write(path: string, content: string): Promise<void> {
  const sink = await fs.sink(path);
  await sink.write(new TextEncoder().encode(content), 0);
  await sink.commit();
}

test.runIf(process.platform === 'linux')('a file whose size reads as 0 but that has content is refused', async () => {
  expect(String(await failure(fs.source('/proc/self/status')))).toMatch(
    /cannot read "\/proc\/self\/status": its reported size is 0, .* pass \{ name, data \}/,
  );
});

describe('sinks', () => {
  test('the bytes wait in a neighbour whose name ends in .part, which commit and abort remove', async () => {
    const place = folder({ 'x.csv.part': "the user's own" });
    const sink = await fs.sink(join(place, 'x.csv'));
    await sink.write(new Uint8Array([65]), 0);
    const waiting = readdirSync(place).filter((name) => name !== 'x.csv.part');
    expect(waiting).toEqual([expect.stringMatching(`^x\\.csv\\.${process.pid}-[0-9a-f]{8}-[0-9a-f]{8}\\.part$`)]);
    await sink.commit();
    expect(readdirSync(place).sort()).toEqual(['x.csv', 'x.csv.part']);
    expect(readFileSync(join(place, 'x.csv.part'), 'utf8')).toBe("the user's own");
  });

  test('a link at the final path is replaced, and what it pointed to stays as it was', async () => {
    const place = folder({ 'secret.txt': 'kept', 'out/a.txt': '' });
    symlinkSync(join(place, 'secret.txt'), join(place, 'out/link.txt'));
    symlinkSync(join(place, 'nothing'), join(place, 'out/dangling.txt'));
    await write(join(place, 'out/link.txt'), 'new');
    await write(join(place, 'out/dangling.txt'), 'new');
    expect(readFileSync(join(place, 'secret.txt'), 'utf8')).toBe('kept');
    expect(lstatSync(join(place, 'out/link.txt')).isFile()).toBe(true);
    expect(readdirSync(place).sort()).toEqual(['out', 'secret.txt']);
  });

  test('a name of 255 bytes is written too', async () => {
    const place = folder();
    const names = ['x'.repeat(255), 'é'.repeat(127)];
    for (const name of names) await write(join(place, name), 'x');
    expect(readdirSync(place).sort()).toEqual(names.sort());
    expect(await failure(fs.sink(join(place, 'x'.repeat(256))).then((sink) => sink.commit()))).toMatch(
      /name is too long$/,
    );
    expect(readdirSync(place).length).toBe(2);
  });

  test('two writers of one path do not mix: the last commit wins whole', async () => {
    const place = folder();
    const [one, two] = [await fs.sink(join(place, 'x')), await fs.sink(join(place, 'x'))];
    await one.write(new TextEncoder().encode('one'), 0);
    await two.write(new TextEncoder().encode('second'), 0);
    await two.commit();
    await one.commit();
    expect(readFileSync(join(place, 'x'), 'utf8')).toBe('one');
    expect(readdirSync(place)).toEqual(['x']);
  });
});

describe('sources', () => {
  test.runIf(process.platform === 'linux')('what is not a regular file is refused without waiting for it', async () => {
    const place = folder();
    execFileSync('mkfifo', [join(place, 'pipe')]);
    expect(await failure(fs.source(join(place, 'pipe')))).toBe(`cannot read "${place}/pipe": it is not a regular file`);
    expect(await failure(fs.source('/dev/null'))).toBe('cannot read "/dev/null": it is not a regular file');
  });

  test.runIf(process.platform !== 'win32')('an unreadable file is refused when it is opened', async () => {
    const place = folder({ 'x.csv': 'x' });
    chmodSync(join(place, 'x.csv'), 0);
    chmodSync(root, 0o755);
    const isRoot = process.getuid?.() === 0;
    // Root reads everything: become somebody else for a moment.
    if (isRoot) process.seteuid?.(65534);
    const message = await failure(fs.source(join(place, 'x.csv'))).finally(() => isRoot && process.seteuid?.(0));
    expect(message).toBe(`cannot read "${place}/x.csv": permission denied`);
  });

  test('odd paths are errors of ours', async () => {
    const place = folder({ f: 'x' });
    symlinkSync('loop', join(place, 'loop'));
    expect(await failure(fs.source(`${place}/a\0b`))).toMatch(/an invalid character$/);
    expect(await failure(fs.source(join(place, 'loop')))).toMatch(/too many levels of symbolic links$/);
    expect(await failure(fs.source(join(place, 'f', 'below')))).toMatch(/a parent of the path is not a folder/);
  });

  test('a replaced file of the same size and time has another identity', async () => {
    const place = folder({ x: 'abc' });
    const path = join(place, 'x');
    utimesSync(path, 1e9, 1e9);
    const source = await fs.source(path);
    const before = await source.identity?.();
    const sink = await fs.sink(path);
    await sink.write(new TextEncoder().encode('abd'), 0);
    await sink.commit({ lastModified: new Date(1e12) });
    expect(statSync(path).mtime).toEqual(new Date(1e12));
    expect(await source.identity?.()).not.toBe(before);
  });

  test('thousands of open sources take no file handles until they are read', async () => {
    const place = folder({ x: 'abc' });
    const handles = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
    const before = handles();
    const sources = await Promise.all(Array.from({ length: 3000 }, () => fs.source(join(place, 'x'))));
    expect(handles()).toBeLessThan(before + 50);
    await Promise.all(sources.map((source) => source.close?.()));
  });
});

describe('reading', () => {
  test.runIf(process.platform === 'linux')(
    'one handle serves all slices; close gives it back, and is no end',
    async () => {
      const place = folder({ x: 'abc' });
      const path = join(place, 'x');
      // The handle that lists the folder is in the list, and gone.
      const target = (link: string) => (existsSync(link) ? readlinkSync(link, 'utf8') : '');
      const handles = () => readdirSync('/proc/self/fd').filter((fd) => target(`/proc/self/fd/${fd}`) === path).length;
      const source = await fs.source(path);
      for (let round = 0; round < 2; round += 1) {
        for (const end of [1, 2, 3]) expect(await bytes(await source.slice(0, end))).toHaveLength(end);
        expect(handles()).toBe(1);
        await source.close?.();
        expect(handles()).toBe(0);
      }
    },
  );

  test('a stream reads when it is asked, and a mebibyte at a time', async () => {
    const reads: [number, number][] = [];
    const stream = pullStream('x', 10, 10 + (5 << 20), async (buffer, position) => {
      reads.push([position, buffer.length]);
      return buffer.length;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toEqual([]);
    const reader = stream.getReader();
    await reader.read();
    await reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(reads).toEqual([
      [10, 1 << 20],
      [10 + (1 << 20), 1 << 20],
    ]);
    await reader.cancel();
  });
});

describe('walk', () => {
  test('follows links to files; shows links to folders, loops and dangling ones as other', async () => {
    const place = folder({ 'a/x.txt': 'abc', 'outside/y.txt': 'y' });
    symlinkSync('../outside', join(place, 'a/folder'));
    symlinkSync('..', join(place, 'a/up'));
    symlinkSync('nothing', join(place, 'a/dangling'));
    symlinkSync('../outside/y.txt', join(place, 'a/file'));
    const entries = await collect(fs.walk(join(place, 'a')));
    expect(entries.map(({ path, kind, link }) => [path, kind, link])).toEqual([
      ['dangling', 'other', 'missing'],
      ['file', 'file', undefined],
      ['folder', 'other', 'directory'],
      ['up', 'other', 'directory'],
      ['x.txt', 'file', undefined],
    ]);
    expect(await failure(openFiles([join(place, 'a')], nodePlatform()))).toMatch(
      /dangling": it is a symbolic link to a missing file;/,
    );
    unlinkSync(join(place, 'a/dangling'));
    expect(await failure(openFiles([join(place, 'a')], nodePlatform()))).toMatch(
      /folder": it is a symbolic link to a folder, .*; pass \{ path, name \} for that folder$/,
    );
  });
});

describe('state', () => {
  test('only the user may read it, and the first write removes what is older than a month', async () => {
    const place = join(folder(), 'state');
    await folderState(place).set('old', 1);
    const [old = ''] = readdirSync(place);
    expect(statSync(join(place, old)).mode & 0o777).toBe(0o600);
    expect(statSync(place).mode & 0o777).toBe(0o700);
    writeFileSync(join(place, 'notes.json'), "the user's own");
    // What a process leaves that is killed while it writes, while it has a lock, and while it breaks one.
    const left = [`${old.slice(0, 50)}.1a2b3c4d.part`, `${old}.lock`, `${old}.lock.breaking`];
    for (const name of left) writeFileSync(join(place, name), '');
    const daysAgo = (days: number) => Date.now() / 1000 - days * 24 * 3600;
    const setAge = (days: number) => {
      for (const name of [old, 'notes.json', ...left]) utimesSync(join(place, name), daysAgo(days), daysAgo(days));
    };
    setAge(30);
    await folderState(place).set('new', 2);
    expect(await folderState(place).get('old')).toBe(1);
    setAge(32);
    await folderState(place).set('new', 2);
    expect(readdirSync(place)).toHaveLength(2);
    expect(readdirSync(place)).toContain('notes.json');
    expect(await folderState(place).get('old')).toBeUndefined();
    expect(await folderState(place).get('new')).toBe(2);
  });

  test('a line of a list that a killed process cut off is left out, and costs none of the others', async () => {
    const place = join(folder(), 'state');
    await folderState(place).append!('a', { file: 'first' });
    const path = join(place, readdirSync(place)[0]!);
    writeFileSync(path, readFileSync(path, 'utf8').slice(0, -3), { flag: 'w' });
    await folderState(place).append!('a', { file: 'second' });
    expect(await folderState(place).list!('a')).toEqual([{ file: 'second' }]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('a broken file counts as none; a folder that cannot be made is an error that names it', async () => {
    const place = join(folder({ f: 'x' }), 'state');
    const state = folderState(place);
    await state.set('a', 1);
    writeFileSync(join(place, readdirSync(place)[0] ?? ''), '{"key":"a","val');
    expect(await state.get('a')).toBeUndefined();
    expect(await failure(folderState(join(place, '..', 'f')).set('a', 1))).toMatch(
      /^cannot write the state file ".*\/f\//,
    );
  });
});

describe('importing and making a platform', () => {
  test.each([
    'node',
    'deno',
    'bun',
    'workers',
    'browser',
    'memory',
  ])('%s touches nothing of the runtime', async (name) => {
    const { outputFiles } = await build({
      entryPoints: [join(import.meta.dirname, `../../src/platform/${name}/index.ts`)],
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'entry',
    });
    const touched: string[] = [];
    const forbidden = (what: string) => ({ enumerable: true, get: () => touched.push(what) });
    const globals = Object.defineProperties(
      {},
      Object.fromEntries(
        ['process', 'Deno', 'Bun', 'navigator', 'indexedDB', 'crypto', 'fetch', 'console'].map((what) => [
          what,
          forbidden(what),
        ]),
      ),
    );
    const members = runInNewContext(`${outputFiles[0]?.text}; Object.keys(entry.${name}Platform())`, globals);
    expect(members).toContain('concurrency');
    expect(touched).toEqual([]);
    // The trap works: using the platform does touch the runtime.
    runInNewContext(`${outputFiles[0]?.text}; try { entry.${name}Platform().log('x') } catch {}`, globals);
    expect(touched).toEqual(['console']);
  });
});
