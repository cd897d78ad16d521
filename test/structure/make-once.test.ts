import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { makeOnce } from '../../scripts/test/make-once.ts';
import { scratchFolder } from '../platform/scratch.ts';

const scratch = scratchFolder();

test('of several that need a folder one makes it, and the others wait', async () => {
  const folder = join(scratch, 'a/build');
  const made = Promise.withResolvers<void>();
  let count = 0;
  const make = async (unfinished: string) => {
    count++;
    await made.promise;
    writeFileSync(join(unfinished, 'file'), 'content');
  };
  const all = Promise.all([makeOnce(folder, make), makeOnce(folder, make), makeOnce(folder, make)]);
  expect(existsSync(folder)).toBe(false);
  made.resolve();
  expect(await all).toEqual([folder, folder, folder]);
  expect(count).toBe(1);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('content');
});

test('a failure is reported, and leaves nothing that hinders the next attempt', async () => {
  const folder = join(scratch, 'b/build');
  await expect(makeOnce(folder, () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full');
  expect(existsSync(folder)).toBe(false);
  expect(await makeOnce(folder, async () => {})).toBe(folder);
});

test('what a killed process left is made again', async () => {
  const folder = join(scratch, 'c/build');
  mkdirSync(`${folder}.tmp`, { recursive: true });
  writeFileSync(join(`${folder}.tmp`, 'half'), '');
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(`${folder}.lock`, String(pid));
  await makeOnce(folder, async (unfinished) => writeFileSync(join(unfinished, 'whole'), ''));
  expect([existsSync(join(folder, 'half')), existsSync(join(folder, 'whole'))]).toEqual([false, true]);
});
