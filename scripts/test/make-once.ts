import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';

const dayInMs = 86_400_000;

/** Whether the process that wrote a lock was killed. A lock without a number is being written. */
function isAbandoned(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    // Not if the lock was removed in the meantime, or the process belongs to somebody else.
    return (error as { code?: string }).code === 'ESRCH';
  }
}

/** Creates the file `lock`. Returns false if another process has it. */
function take(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isAbandoned(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/**
 * Makes a folder with content that depends on its name only, such as a build named by the hash of its sources. Of several
 * processes one makes it, and the others wait; if that one is killed, another begins again. Folders beside it that are older
 * than a day are removed.
 */
export async function makeOnce(folder: string, make: (unfinished: string) => Promise<unknown>): Promise<string> {
  const parent = dirname(folder);
  const [unfinished, lock] = [`${folder}.tmp`, `${folder}.lock`];
  mkdirSync(parent, { recursive: true });
  while (!existsSync(folder)) {
    if (!take(lock)) {
      await wait(100);
      continue;
    }
    try {
      if (existsSync(folder)) break;
      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished);
      await make(unfinished);
      renameSync(unfinished, folder);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
    if (path !== folder && mtimeMs !== undefined && Date.now() - mtimeMs > dayInMs)
      rmSync(path, { recursive: true, force: true });
  }
  return folder;
}
