import { fileError, isMissing } from '../../core/bytes/file-error.ts';
import type { StateStore } from '../../core/platform.ts';
import { takeLock } from './lock-file.ts';
import { builtin, type NodeFs } from './node-modules.ts';
import { ownPart, removeAbandoned } from './own-part.ts';

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
  await removeAbandoned(folder);
  const fs = builtin('node:fs/promises');
  for (const { name } of await fs.readdir(folder, { withFileTypes: true })) {
    if (!/^[0-9a-f]{50}.*\.(json|part|lock|breaking)$/.test(name)) continue;
    const file = builtin('node:path').join(folder, name);
    const { mtime } = await fs.stat(file, { bigint: true });
    if (Date.now() - mtime.getTime() > lifetime) await fs.rm(file, { force: true });
  }
}

/** The value of a line; none in one that was cut off, or changed by hand: the transfer starts over. */
function valueIn(line: string): unknown[] {
  try {
    return [(JSON.parse(line) as { value: unknown }).value];
  } catch {
    return [];
  }
}

/**
 * State as one JSON file per key, one line for each value of a list, readable by the user alone: it holds the addresses of upload sessions.
 * The folder is made at the first use, which also removes what is older than a week. A function is asked for
 * it at each use; while it returns `undefined`, nothing is kept. Throws `TransferError` when the folder cannot be used.
 */
export function folderState(place: string | (() => string | undefined)): StateStore {
  const prepared = new Map<string, Promise<void>>();
  function fileOf(key: string): string | undefined {
    const folder = typeof place === 'string' ? place : place();
    // Not by Web Crypto: a job with thousands of files would wait for as many jobs of its thread pool.
    const name = () => builtin('node:crypto').createHash('sha256').update(key).digest('hex');
    return folder === undefined ? undefined : builtin('node:path').join(folder, `${name()}.json`);
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
  /** Does `work` with the file of `key`; `undefined` where nothing is kept. */
  async function use<T>(
    action: string,
    key: string,
    work: (file: string, fs: NodeFs) => Promise<T>,
  ): Promise<T | undefined> {
    const file = fileOf(key);
    if (!file) return undefined;
    try {
      return await work(file, builtin('node:fs/promises'));
    } catch (error) {
      throw fileError(`${action} the state file`, file, error);
    }
  }
  const write = <T>(key: string, work: (file: string, fs: NodeFs) => Promise<T>) =>
    use('write', key, async (file, fs) => {
      await prepare(file);
      return work(file, fs);
    });
  /** The values at `key`. */
  async function read(key: string): Promise<unknown[]> {
    const content = await use('read', key, (file, fs) =>
      fs.readFile(file).catch((error: unknown) => {
        if (!isMissing(error)) throw error;
      }),
    );
    return content ? new TextDecoder().decode(content).split('\n').flatMap(valueIn) : [];
  }
  return {
    get: async (key) => (await read(key))[0],
    list: read,
    set: (key, value) =>
      write(key, async (file, fs) => {
        const part = ownPart(file);
        try {
          await fs.writeFile(part, JSON.stringify({ key, value }), { mode: 0o600, flag: 'wx' });
          await fs.rename(part, file);
        } catch (error) {
          await fs.rm(part, { force: true }).catch(() => undefined);
          throw error;
        }
      }),
    // A line that was cut off ends where the next one begins.
    append: (key, value) =>
      write(key, (file, fs) => fs.writeFile(file, `\n${JSON.stringify({ key, value })}`, { mode: 0o600, flag: 'a' })),
    claim: (key) => write(key, async (file) => (await takeLock(`${file}.lock`))?.release),
    delete: (key) => use('remove', key, (file, fs) => fs.rm(file, { force: true })),
  };
}
