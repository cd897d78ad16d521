import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimFile } from '../../src/platform/common/node-claim.ts';
import { folderState } from '../../src/platform/common/node-state.ts';

let folder: string;
let lock: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upload-claim-'));
  lock = join(folder, 'x.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const age = (seconds: number) => utimes(lock, new Date(), new Date(Date.now() - seconds * 1000));
/** The number of a process that has ended. */
const dead = () => spawnSync(process.execPath, ['-e', '']).pid;
const owner = (pid: number, host = hostname()) => JSON.stringify({ pid, host, id: 'theirs' });

describe('a lock file', () => {
  test('is there while it is held, readable by the user alone, and gone afterwards', async () => {
    const release = await claimFile(lock);
    expect(JSON.parse(await readFile(lock, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect((await stat(lock)).mode & 0o777).toBe(0o600);
    expect(await claimFile(lock)).toBeUndefined();
    await release!();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each<[string, () => string, number, boolean]>([
    ['of a process that has ended is taken over at once', () => owner(dead()), 0, true],
    ['of a living process is not, as long as it shows life', () => owner(process.ppid), 20, false],
    ['of a living process is, after half a minute of silence', () => owner(process.ppid), 31, true],
    ['of another machine: only silence counts', () => owner(dead(), 'elsewhere'), 20, false],
    ['of another machine, silent', () => owner(dead(), 'elsewhere'), 31, true],
    ['that is just being written is not', () => '', 0, false],
    ['that was never written to its end is', () => '{"pid', 31, true],
  ])('%s', async (_name, content, seconds, taken) => {
    await writeFile(lock, content());
    await age(seconds);
    const release = await claimFile(lock);
    expect(release !== undefined).toBe(taken);
    if (taken) expect(JSON.parse(await readFile(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    await release?.();
    expect(await readdir(folder)).toEqual(taken ? [] : ['x.lock']);
  });

  test('many at once: one gets it, also from a dead owner', async () => {
    await writeFile(lock, owner(dead()));
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimFile(lock)));
    const got = claims.filter((release) => release !== undefined);
    expect(got).toHaveLength(1);
    await got[0]!();
  });

  test('one who lost it to another does not remove the other one', async () => {
    const release = await claimFile(lock);
    await writeFile(lock, owner(process.ppid));
    await release!();
    expect(await readFile(lock, 'utf8')).toContain('theirs');
  });
});

test('a state store without a place gives no claim', async () => {
  expect(await folderState(() => undefined).claim!('x')).toBeUndefined();
});
