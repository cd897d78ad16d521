import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { openLibrary } from '../../src/testing/executors/library.ts';

const name = 'kaggle_ts_test-1.0-py3-none-any.whl';
const kept = new URL(`../../node_modules/pyodide/${name}`, import.meta.url);
afterEach(async () => {
  vi.unstubAllGlobals();
  await rm(kept, { force: true });
});

const integrity = (text: string) => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** A download site that has one answer, and counts the requests. */
function site(text: string) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url);
    return new Response(text);
  });
  return asked;
}

test("a downloaded wheel is checked against pyodide's list, and downloaded once", async () => {
  const asked = site('the wheel');
  const { read } = await openLibrary({ packages: undefined, fetchPackages: true });
  const address = `https://packages.invalid/${name}`;
  await expect(read(address, integrity('another'))).rejects.toThrow('checksum mismatch');
  for (let n = 0; n < 2; n++) {
    expect(new TextDecoder().decode(await read(address, integrity('the wheel')))).toBe('the wheel');
  }
  expect(asked).toHaveLength(2);
  expect(asked[0]).toMatch(new RegExp(`^https://cdn\\.jsdelivr\\.net/pyodide/v[\\d.]+/full/${name}$`));
});

test('nothing is downloaded by default, and no other file can be read', async () => {
  const asked = site('x');
  const { read } = await openLibrary({ packages: undefined, fetchPackages: false });
  await expect(read(`https://packages.invalid/${name}`, integrity('x'))).rejects.toThrow('not in the folder of wheels');
  for (const address of [
    'https://interpreter.invalid/../ky/package.json',
    'https://interpreter.invalid/%2e%2e/ky/package.json',
    'https://interpreter.invalid/',
    'https://example.com/package.json',
    'file:///etc/hosts',
  ])
    await expect(read(address, '')).rejects.toThrow('not a file of pyodide');
  expect(asked).toEqual([]);
});

test('a folder of wheels that cannot be read is an error that names the option', async () => {
  await expect(openLibrary({ packages: '/no-such-folder', fetchPackages: false })).rejects.toThrow(
    /^cannot read the folder of wheels "\/no-such-folder": no such folder; check packages \(--packages\)$/,
  );
});
