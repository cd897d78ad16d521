import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** Milliseconds after which a folder that another process makes counts as given up. */
const longest = 120_000;

const isOlder = (path: string, ms: number): boolean => {
  const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return mtimeMs !== undefined && Date.now() - mtimeMs > ms;
};

/** Creates the folder `path`. Returns false if another process has. */
function take(path: string): boolean {
  if (isOlder(path, longest)) rmSync(path, { recursive: true, force: true });
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes a folder with content that depends on its name only, such as a build named by the hash of its sources. Of several
 * processes one makes it, and the others wait. Folders beside it that are older than a day are removed.
 */
export async function makeOnce(folder: string, make: (unfinished: string) => Promise<unknown>): Promise<string> {
  const parent = dirname(folder);
  const unfinished = `${folder}.tmp`;
  mkdirSync(parent, { recursive: true });
  while (!existsSync(folder)) {
    if (!take(unfinished)) await wait(100);
    else if (existsSync(folder)) rmSync(unfinished, { recursive: true, force: true });
    else {
      try {
        await make(unfinished);
        renameSync(unfinished, folder);
      } finally {
        rmSync(unfinished, { recursive: true, force: true });
      }
    }
  }
  for (const name of readdirSync(parent)) {
    const path = join(parent, name);
    if (path !== folder && isOlder(path, 86_400_000)) rmSync(path, { recursive: true, force: true });
  }
  return folder;
}
