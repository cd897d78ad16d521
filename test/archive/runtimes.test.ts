import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { describe, expect, test } from 'vitest';
import { caches } from '../caches.ts';
import { makeZip } from './make-zip.ts';
import { filesIn, scratch, serve } from './support.ts';

const run = promisify(execFile);
const bin = (name: string) => join(import.meta.dirname, '../../node_modules/.bin', name);
const runner = join(import.meta.dirname, 'runner.ts');
const deno = ['run', '--no-prompt', '--node-modules-dir=manual', '--no-lock', '--no-remote', '-A'];

describe.each([
  ['deno', bin('deno'), deno],
  ['bun', bin('bun'), ['run']],
  ['node', join(import.meta.dirname, '../../node_modules/node22/bin/node'), []],
])('%s', (name, command, args) => {
  test('zip and tar.gz are unpacked, damaged ones refused, and an archive is made', async () => {
    const noise = new Uint8Array(randomBytes(10 * 2 ** 20));
    const csv = 'id,value\n'.repeat(2 ** 20);
    const entries = [
      { name: 'large.bin', data: noise },
      { name: 'large.csv', data: csv },
      { name: 'empty', data: '' },
      ...Array.from({ length: 50 }, (_, index) => ({ name: `sub/${index}.csv`, data: csv.slice(0, index * 5000) })),
    ];
    const zip = await serve(makeZip(entries));
    // The connection breaks on the way, in a small and in a large entry.
    zip.cut = ({ count }) => (count === 2 ? 5_000_000 : count === 3 ? 5_600_000 : undefined);
    const body = new TextEncoder().encode(csv);
    const packed = await packTar([{ header: { name: 'a/table.csv', size: body.length, type: 'file' }, body }]);
    const tar = await serve(new Uint8Array(gzipSync(packed)));
    const damaged = await serve(
      makeZip([
        {
          name: 'bad',
          data: csv,
          damage: (bytes) => {
            bytes[bytes.length - 20]! ^= 4;
          },
        },
      ]),
    );
    const folder = scratch();
    const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', ...caches };
    const out = join(folder, 'out');
    const { stdout } = await run(command, [...args, runner, name, out, zip.url, tar.url, damaged.url], { env });
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      zip: 53,
      tar: 1,
      refusal: expect.stringMatching(/^IntegrityError: cannot unpack "bad" from "a\.zip": /),
      half: [],
      aborted: 'enough',
      rezipped: true,
      end: true,
    });
    for (const place of ['zip', 'portable']) {
      const found = filesIn(join(out, place));
      for (const entry of entries) {
        const expected = Buffer.from(entry.data as string);
        expect(Buffer.from(found[entry.name]!, 'latin1').equals(expected), `${place}/${entry.name}`).toBe(true);
      }
    }
    expect(filesIn(join(out, 'tar'))['a/table.csv'] === csv).toBe(true);
  });
});
