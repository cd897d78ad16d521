import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { takeLock } from '../../src/platform/common/lock-file.ts';
import { isStale, isSurelyHeld } from '../../src/platform/common/lock-owner.ts';
import { folderState } from '../../src/platform/common/node-state.ts';

let folder: string;
let lock: string;
const clock = vi.spyOn(Date, 'now');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-file-'));
  lock = join(folder, 'x.lock');
});
afterEach(() => {
  clock.mockReset();
  return rm(folder, { recursive: true, force: true });
});

const age = (seconds: number) => utimes(lock, new Date(), new Date(Date.now() - seconds * 1000));
/** The number of a process that has ended. */
const dead = () => spawnSync(process.execPath, ['-e', '']).pid;
const owner = (pid: number, host = hostname()) => JSON.stringify({ pid, host, token: 'theirs' });

describe('a lock file', () => {
  test('is there while it is held, readable by the user alone, and gone afterwards', async () => {
    const held = await takeLock(lock);
    expect(JSON.parse(await readFile(lock, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect((await stat(lock)).mode & 0o777).toBe(0o600);
    expect(await takeLock(lock)).toBeUndefined();
    await held!.release();
    expect(await readdir(folder)).toEqual([]);
  });

  test.each<[string, () => string, number, boolean]>([
    ['of a process that has ended is taken over at once', () => owner(dead()), 0, true],
    ['of a running process is not, though it shows no sign of life', () => owner(process.ppid), 60, false],
    ['of another machine is not, while it shows signs of life', () => owner(dead(), 'elsewhere'), 5, false],
    ['of another machine is, without a sign of life', () => owner(dead(), 'elsewhere'), 31, true],
    ['that is just being written is not', () => '', 0, false],
    ['that was never written to its end is', () => '{"pid', 31, true],
  ])('%s', async (_name, content, seconds, taken) => {
    await writeFile(lock, content());
    await age(seconds);
    const held = await takeLock(lock);
    expect(held !== undefined).toBe(taken);
    if (taken) expect(JSON.parse(await readFile(lock, 'utf8'))).toMatchObject({ pid: process.pid });
    await held?.release();
    expect(await readdir(folder)).toEqual(taken ? [] : ['x.lock']);
  });

  test('of another machine, whose clock is behind, stays while it shows signs of life', async () => {
    await writeFile(lock, owner(dead(), 'elsewhere'));
    await age(3600);
    let beat: Promise<void> | undefined;
    const beating = setInterval(() => {
      beat = age(3600);
    }, 500);
    try {
      expect(await takeLock(lock)).toBeUndefined();
    } finally {
      // Before the folder is removed.
      clearInterval(beating);
      await beat;
    }
    expect(await readdir(folder)).toEqual(['x.lock']);
  });

  test.each<[string, () => string, number, boolean]>([
    ['a file of the user', () => 'my notes', 3600, false],
    ['a process that ended while it took a dead one over', () => owner(dead()), 0, true],
    ['a process that is just taking it over', () => owner(process.ppid), 0, false],
  ])('of a dead owner, where %s has the name that is used for taking it over', async (_name, content, seconds, taken) => {
    await writeFile(lock, owner(dead()));
    const guard = `${lock}.breaking`;
    await writeFile(guard, content());
    await utimes(guard, new Date(), new Date(Date.now() - seconds * 1000));
    const before = await readFile(guard, 'utf8');
    const held = await takeLock(lock);
    expect(held !== undefined).toBe(taken);
    if (!taken) expect(await readFile(guard, 'utf8')).toBe(before);
    await held?.release();
    expect(await readdir(folder)).toEqual(taken ? [] : ['x.lock', 'x.lock.breaking']);
  });

  test('many at once: one gets it, also from a dead owner', async () => {
    // The steps of all of them come in any order.
    const fs = process.getBuiltinModule('node:fs/promises');
    const slowed = (['writeFile', 'readFile', 'lstat', 'rename', 'link', 'rm'] as const).map((name) => {
      const real = fs[name] as (...args: unknown[]) => Promise<unknown>;
      return vi.spyOn(fs, name).mockImplementation((async (...args: unknown[]) => {
        for (let turns = Math.random() * 6; turns > 1; turns--) await setImmediate();
        return real(...args);
      }) as never);
    });
    onTestFinished(() => {
      for (const one of slowed) one.mockRestore();
    });
    const pid = dead();
    for (let round = 0; round < 100; round++) {
      await writeFile(lock, owner(pid));
      const claims = await Promise.all(Array.from({ length: 20 }, () => takeLock(lock)));
      const got = claims.filter((held) => held !== undefined);
      expect(got).toHaveLength(1);
      await got[0]!.release();
    }
    expect(await readdir(folder)).toEqual([]);
  });

  test('one who lost it to another sees that after a suspension, and does not remove the other one', async () => {
    const held = await takeLock(lock);
    expect(await held!.isHeld()).toBe(true);
    await writeFile(lock, owner(process.ppid));
    clock.mockReturnValue(Date.now() + 11_000);
    expect(await held!.isHeld()).toBe(false);
    await held!.release();
    expect(await readFile(lock, 'utf8')).toContain('theirs');
  });

  test('a sign of life that comes late does not bring a released one back', async () => {
    const fs = process.getBuiltinModule('node:fs/promises');
    const { utimes } = fs;
    const late = Promise.withResolvers<void>();
    const touch = vi.spyOn(fs, 'utimes').mockImplementation(async (...args) => {
      await late.promise;
      await utimes(...args);
    });
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const held = await takeLock(lock);
    vi.advanceTimersByTime(2000);
    vi.useRealTimers();
    await expect.poll(() => touch.mock.calls.length).toBeGreaterThan(0);
    const released = held!.release();
    for (let turn = 0; turn < 20; turn += 1) await stat(folder);
    late.resolve();
    await released;
    for (let turn = 0; turn < 20; turn += 1) await stat(folder);
    touch.mockRestore();
    expect(await readdir(folder)).toEqual([]);
  });

  test('one that was removed by hand is made again', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const held = await takeLock(lock);
    await rm(lock);
    vi.advanceTimersByTime(2000);
    vi.useRealTimers();
    await expect.poll(() => stat(lock)).toBeDefined();
    expect(await takeLock(lock)).toBeUndefined();
    await held!.release();
    expect(await readdir(folder)).toEqual([]);
  });
});

const here = {
  pid: 1,
  host: 'here',
  holds: (token: string) => token === 'ours',
  isRunning: (pid: number) => pid < 100,
  startOf: (pid: number) => (pid < 50 ? `start of ${pid}` : undefined),
};
const two = { pid: 2, host: 'here', token: 't' };
const blind = { ...here, isRunning: () => undefined };
const [second, hour] = [1000, 3_600_000];

describe('whether the owner of a lock is dead', () => {
  test.each([
    ['it is this thread, whatever the time', here, { pid: 1, host: 'here', token: 'ours' }, 9 * hour, false],
    ['its process runs', here, { pid: 2, host: 'here', token: 't' }, 0, false],
    ['its process runs, and is suspended', here, { pid: 2, host: 'here', token: 't' }, hour, false],
    ['its number is in use after more than an hour', here, { pid: 2, host: 'here', token: 't' }, hour + 1, true],
    ['its number is that of another process', here, { ...two, started: 'before' }, 0, true],
    ['its process runs, and was suspended for long', here, { ...two, started: 'start of 2' }, 9 * hour, false],
    ['nobody can tell when its process was started', here, { ...two, pid: 60, started: 'then' }, hour + 1, true],
    ['its number is ours now', here, { ...two, pid: 1, started: 'before' }, 0, true],
    ['its number is ours, started with us: a thread', here, { ...two, pid: 1, started: 'start of 1' }, second, false],
    ['another host, started at another time', here, { ...two, host: 'there', started: 'before' }, 0, false],
    ['its process has ended', here, { pid: 100, host: 'here', token: 't' }, 0, true],
    ['its number is ours: another thread', here, { pid: 1, host: 'here', token: 't' }, 10 * second, false],
    ['its number is ours: a process before us', here, { pid: 1, host: 'here', token: 't' }, 10 * second + 1, true],
    ['another host, a sign of life', here, { pid: 100, host: 'there', token: 't' }, 10 * second, false],
    ['another host, none', here, { pid: 2, host: 'there', token: 't' }, 10 * second + 1, true],
    ['no host is told, a sign of life', here, { pid: 100, token: 't' }, 10 * second, false],
    ['no host is told, none', { ...here, host: undefined }, { pid: 2, token: 't' }, 10 * second + 1, true],
    ['processes may not be looked up, a sign of life', blind, { pid: 2, host: 'here', token: 't' }, 10 * second, false],
    ['processes may not be looked up, none', blind, { pid: 2, host: 'here', token: 't' }, 10 * second + 1, true],
    ['it is just being made', here, undefined, 0, false],
    ['it was never made to its end', here, undefined, 10 * second + 1, true],
    ['the clock was set back', here, { pid: 2, host: 'there', token: 't' }, -hour, false],
  ])('%s', (_name, observer, owner, silence, stale) => {
    expect(isStale(owner, silence, observer)).toBe(stale);
  });

  test('nobody takes a lock from an owner that need not look', () => {
    const surely = [0, second, 4999, 5000, 10 * second, hour, -1].map((since) => [since, isSurelyHeld(since)]);
    expect(surely.filter(([, held]) => held).map(([since]) => since)).toEqual([0, second, 4999]);
  });
});

test('a state store without a place gives no claim', async () => {
  expect(await folderState(() => undefined).claim!('x')).toBeUndefined();
});
