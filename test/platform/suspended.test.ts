import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();
const fs = nodePlatform().fs!;
const encode = (text: string) => new TextEncoder().encode(text);
let child: ChildProcess | undefined;

afterEach(() => void child?.kill('SIGKILL'));

/** Starts a download of `path` in another process and suspends it; resolves to what lets it go on. */
async function suspended(path: string, seconds: number): Promise<() => Promise<unknown>> {
  const runner = join(import.meta.dirname, 'runners/suspended-download.ts');
  const started = spawn(process.execPath, [runner, path, String(seconds)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child = started;
  const lines = createInterface(started.stdout);
  await once(lines, 'line');
  started.kill('SIGSTOP');
  return async () => {
    started.kill('SIGCONT');
    started.stdin.write('\n');
    const [line] = await once(lines, 'line');
    return JSON.parse(line as string);
  };
}

/** The lock as that of a machine that cannot be looked at, whose last sign of life is long ago. */
async function fromElsewhere(lock: string): Promise<void> {
  const owner = JSON.parse(await readFile(lock, 'utf8')) as object;
  await writeFile(lock, JSON.stringify({ ...owner, host: 'elsewhere' }));
  await utimes(lock, new Date(), new Date(Date.now() - 7_200_000));
}

describe.skipIf(process.platform === 'win32')('a download whose process was suspended', () => {
  // Only Linux tells whether the process is still the one that took the lock.
  test.each(
    process.platform === 'linux' ? [11, 7200] : [11],
  )('keeps its part on this host, and is finished afterwards: %i s', async (seconds) => {
    const path = join(root, `kept-${seconds}/x.bin`);
    const resume = await suspended(path, seconds);
    const lock = `${path}.part.lock`;
    await utimes(lock, new Date(), new Date(Date.now() - seconds * 1000));
    const other = await fs.partial!(path);
    expect(other.saved).toBeUndefined();
    await other.abort();
    expect(await resume()).toEqual({ write: 'done', commit: 'done' });
    expect(await readFile(path, 'utf8')).toBe('OLD');
    expect(await readdir(join(path, '..'))).toEqual(['x.bin']);
  });

  test('writes nothing any more when another process has finished the file meanwhile', async () => {
    const path = join(root, 'lost/x.bin');
    const resume = await suspended(path, 7200);
    await fromElsewhere(`${path}.part.lock`);
    const other = await fs.partial!(path);
    expect(other.saved?.note).toBe('note');
    await other.write(encode('new'), 0);
    await other.commit();
    const lost = `TransferError: cannot write "${path}": another process took over the download while this one was suspended`;
    expect(await resume()).toEqual({ write: lost, commit: lost });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(join(path, '..'))).toEqual(['x.bin']);
  });

  test('leaves the part to another process that is still at work on it', async () => {
    const path = join(root, 'busy/x.bin');
    const resume = await suspended(path, 7200);
    await fromElsewhere(`${path}.part.lock`);
    const other = await fs.partial!(path);
    await other.write(encode('new'), 0);
    expect(await resume()).toEqual({
      write: expect.stringContaining('took over the download'),
      commit: expect.any(String),
    });
    expect((await readdir(join(path, '..'))).sort()).toEqual(['x.bin.part', 'x.bin.part.json', 'x.bin.part.lock']);
    await other.commit();
    expect(await readFile(path, 'utf8')).toBe('new');
  });
});
