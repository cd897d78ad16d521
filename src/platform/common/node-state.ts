import { fileError, isMissing } from '../../core/bytes/file-error.ts';
import type { StateStore } from '../../core/platform.ts';
import { takeLock } from './lock-file.ts';
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

/** Removes the state of transfers that were never resumed. Best effort: it must not fail a transfer. */
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
 * The folder is made at the first use, which also removes what is older than a week. A function is asked for
 * it at each use; while it returns `undefined`, nothing is kept. Throws `TransferError` when the folder cannot be used.
 */
export function folderState(place: string | (() => string | undefined)): StateStore {
  const prepared = new Map<string, Promise<void>>();
  function fileOf(key: string, ending = 'json'): string | undefined {
    const folder = typeof place === 'string' ? place : place();
    // Not by Web Crypto: a job with thousands of files would wait for as many jobs of its thread pool.
    const name = () => builtin('node:crypto').createHash('sha256').update(key).digest('hex');
    return folder === undefined ? undefined : builtin('node:path').join(folder, `${name()}.${ending}`);
  }
  /** Makes the folder of `file` and clears it up, once. */
  function prepare(file: string): Promise<void> {
    const folder = builtin('node:path').dirname(file);
    let ready = prepared.get(folder);
    if (!ready) {
      const made = builtin('node:fs/promises').mkdir(folder, { recursive: true, mode: 0o700 });
      ready = made.then(() => prune(folder).catch(() => undefined));
      ready.catch(() => prepared.delete(folder));
      prepared.set(folder, ready);
    }
    return ready;
  }
  return {
    async get(key) {
      const file = fileOf(key);
      if (!file) return undefined;
      try {
        const text = new TextDecoder().decode(await builtin('node:fs/promises').readFile(file));
        return (JSON.parse(text) as { value?: unknown }).value;
      } catch (error) {
        // A file that is not JSON counts as none: the transfer starts over.
        if (isMissing(error) || error instanceof SyntaxError) return undefined;
        throw fileError('read the state file', file, error);
      }
    },
    async set(key, value) {
      const file = fileOf(key);
      if (!file) return;
      const fs = builtin('node:fs/promises');
      const part = partName(file);
      try {
        await prepare(file);
        await fs.writeFile(part, JSON.stringify({ key, value }), { mode: 0o600, flag: 'wx' });
        await fs.rename(part, file);
      } catch (error) {
        await fs.rm(part, { force: true }).catch(() => undefined);
        throw fileError('write the state file', file, error);
      }
    },
    async claim(key) {
      const file = fileOf(key, 'lock');
      if (!file) return undefined;
      try {
        await prepare(file);
      } catch (error) {
        throw fileError('make the folder of', file, error);
      }
      const lock = await takeLock(file).catch((error: unknown) => {
        throw fileError('write the lock file', file, error);
      });
      return lock?.release;
    },
    async delete(key) {
      const file = fileOf(key);
      if (!file) return;
      await builtin('node:fs/promises')
        .rm(file, { force: true })
        .catch((error: unknown) => {
          if (!isMissing(error)) throw fileError('remove the state file', file, error);
        });
    },
  };
}
