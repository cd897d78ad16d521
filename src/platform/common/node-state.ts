import type { StateStore } from '../../core/platform.ts';
import { fileError, isMissing } from './file-error.ts';
import { sha256Hex } from './hex.ts';
import { claimFile } from './node-claim.ts';
import { builtin } from './node-modules.ts';
import { partName } from './node-sink.ts';

/** Where the state of unfinished transfers lives unless told otherwise, or `undefined` if there is no home folder. */
export function defaultStateFolder(
  env: (name: string) => string | undefined,
  home: () => string | undefined,
): string | undefined {
  const { join } = builtin('node:path');
  const base = env('XDG_STATE_HOME') || env('LOCALAPPDATA');
  if (base) return join(base, 'kaggle-ts');
  const folder = home();
  return folder ? join(folder, '.local', 'state', 'kaggle-ts') : undefined;
}

/** Upload sessions live for a week; what is older is of no use. Milliseconds. */
const lifetime = 7 * 24 * 60 * 60 * 1000;

/** Removes what transfers that were never taken up again have left. Best effort: it must not fail a transfer. */
async function prune(folder: string): Promise<void> {
  const fs = builtin('node:fs/promises');
  for (const { name } of await fs.readdir(folder, { withFileTypes: true })) {
    if (!/^[0-9a-f]{50}.*\.(json|part|lock)$/.test(name)) continue;
    const file = builtin('node:path').join(folder, name);
    const { mtime } = await fs.stat(file, { bigint: true });
    if (Date.now() - mtime.getTime() > lifetime) await fs.rm(file, { force: true });
  }
}

/**
 * State as one JSON file per key, readable by the user alone: it holds the addresses of upload sessions.
 * The folder is made at the first use, and the first `set` removes what is older than a week. A function is asked for
 * it at each use; while it answers `undefined`, nothing is kept. Throws `TransferError` when the folder cannot be used.
 */
export function folderState(place: string | (() => string | undefined)): StateStore {
  let pruned = false;
  async function fileOf(key: string, ending = 'json'): Promise<string | undefined> {
    const folder = typeof place === 'string' ? place : place();
    return folder === undefined ? undefined : builtin('node:path').join(folder, `${await sha256Hex(key)}.${ending}`);
  }
  const makeFolder = (file: string) =>
    builtin('node:fs/promises').mkdir(builtin('node:path').dirname(file), { recursive: true, mode: 0o700 });
  return {
    async get(key) {
      const file = await fileOf(key);
      if (!file) return undefined;
      try {
        const text = new TextDecoder().decode(await builtin('node:fs/promises').readFile(file));
        return (JSON.parse(text) as { value?: unknown }).value;
      } catch (error) {
        // A file that is not JSON is worth as much as none: the transfer starts anew.
        if (isMissing(error) || error instanceof SyntaxError) return undefined;
        throw fileError('read the state file', file, error);
      }
    },
    async set(key, value) {
      const file = await fileOf(key);
      if (!file) return;
      const fs = builtin('node:fs/promises');
      const part = partName(file);
      try {
        if (!pruned) await makeFolder(file);
        await fs.writeFile(part, JSON.stringify({ key, value }), { mode: 0o600, flag: 'wx' });
        await fs.rename(part, file);
        if (!pruned) await prune(builtin('node:path').dirname(file)).catch(() => undefined);
        pruned = true;
      } catch (error) {
        await fs.rm(part, { force: true }).catch(() => undefined);
        throw fileError('write the state file', file, error);
      }
    },
    async claim(key) {
      const file = await fileOf(key, 'lock');
      if (!file) return undefined;
      try {
        await makeFolder(file);
      } catch (error) {
        throw fileError('make the folder of', file, error);
      }
      return claimFile(file);
    },
    async delete(key) {
      const file = await fileOf(key);
      if (!file) return;
      await builtin('node:fs/promises')
        .rm(file, { force: true })
        .catch((error: unknown) => {
          if (!isMissing(error)) throw fileError('remove the state file', file, error);
        });
    },
  };
}
