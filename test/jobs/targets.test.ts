import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crc32c } from '../../src/core/hash/crc32c.ts';
import type { PartTarget } from '../../src/core/part-target.ts';
import { createClient } from '../../src/node.ts';
import { folderTarget } from '../../src/services/jobs/folder-target.ts';
import { content, isSame } from './world.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'kaggle-ts-targets-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const bytes = content(2500, 1);
const partSize = 1000;

/** A target of a new process. */
const open = (): PartTarget => folderTarget(createClient({ token: 'KGAT_test' }), root);

const fileOf = (name: string, job = 'job-1') => ({ job, name, size: bytes.length, partSize, crc32c: crc32c(bytes) });

/** Writes the parts from `position` on, each by a process of its own. */
async function writeFrom(position: number, name: string, job?: string): Promise<unknown> {
  let kept: unknown = position || undefined;
  for (let at = position; at < bytes.length; at += partSize) {
    const part = { ...fileOf(name, job), kept, position: at, bytes: bytes.subarray(at, at + partSize) };
    // The first process is killed after the write: its successor repeats it.
    await open().write(part);
    kept = await open().write(part);
    if (kept === undefined) return undefined;
  }
  return kept;
}

test('several processes write a file, and it appears when it is finished', async () => {
  const kept = await writeFrom(0, 'deep/model.bin');
  expect(() => readFileSync(join(root, 'deep/model.bin'))).toThrow('ENOENT');
  for (const _time of ['once', 'again']) expect(await open().finish({ ...fileOf('deep/model.bin'), kept })).toBe(true);
  expect(isSame(readFileSync(join(root, 'deep/model.bin')), bytes)).toBe(true);
});

test('parts that another job left do not count', async () => {
  await writeFrom(0, 'other.bin', 'job-0');
  expect(await writeFrom(1000, 'other.bin')).toBeUndefined();
  expect(await open().finish({ ...fileOf('other.bin'), kept: 2500 })).toBe(false);
  const kept = await writeFrom(0, 'other.bin');
  expect(await open().finish({ ...fileOf('other.bin'), kept })).toBe(true);
  expect(isSame(readFileSync(join(root, 'other.bin')), bytes)).toBe(true);
});

test('a file of the same size with other content is not taken for the finished one', async () => {
  const kept = await writeFrom(0, 'same.bin');
  await open().finish({ ...fileOf('same.bin'), kept });
  expect(await open().finish({ ...fileOf('same.bin'), kept, crc32c: 1 })).toBe(false);
});

test('an empty file needs no part', async () => {
  expect(await open().finish({ ...fileOf('none'), size: 0, kept: undefined, crc32c: 0 })).toBe(true);
  expect(readFileSync(join(root, 'none')).length).toBe(0);
});
