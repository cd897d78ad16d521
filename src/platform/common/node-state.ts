import { fileError, isMissing } from '../../core/bytes/file-error.ts';
import type { StateStore } from '../../core/platform.ts';
import { takeLock } from './lock-file.ts';
import { builtin, type NodeFs } from './node-modules.ts';
import { ownPart, removeAbandoned } from './own-part.ts';

/** The default folder for the state of unfinished transfers; `undefined` if there is no home folder. */
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

/** Milliseconds until state is deleted: upload sessions are valid for a week, and a sweep may wait for the quota of the next week. */
const lifetime = 31 * 24 * 60 * 60 * 1000;

/** Removes the state of transfers that were never resumed. Failures are ignored, as they must not fail a transfer. */
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

/** The value in a line; none if the line was truncated or edited, so that the transfer restarts. */
function valueIn(line: string): unknown[] {
  try {
    return [(JSON.parse(line) as { value: unknown }).value];
  } catch {
    return [];
  }
}

/**
 * Returns a state store in a folder: one JSON file per key, with one line per value of a list. Only the user can read the files, as
 * they contain URLs of upload sessions. The first use creates the folder and removes files older than a month.
 *
 * @param place - Path of the folder, or a function that returns it. While the function returns `undefined`, nothing is stored.
 * @throws `TransferError` from its methods if the folder cannot be read or written.
 * @example
 * ```ts
 * import { createClient, folderState, nodePlatform } from 'kaggle-ts/node';
 *
 * const client = createClient({ platform: { ...nodePlatform(), state: folderState('/var/lib/my-job') } });
 * ```
 */
export function folderState(place: string | (() => string | undefined)): StateStore {
  const prepared = new Map<string, Promise<void>>();
  function fileOf(key: string): string | undefined {
    const folder = typeof place === 'string' ? place : place();
    // Not Web Crypto, where each of thousands of files would wait for its thread pool.
    const name = () => builtin('node:crypto').createHash('sha256').update(key).digest('hex');
    return folder === undefined ? undefined : builtin('node:path').join(folder, `${name()}.json`);
  }
  /** Creates and prunes the folder of `file`, once. */
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
  /** Calls `work` with the file of `key`; resolves to `undefined` if nothing is stored. */
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
  /** Reads the values of `key`. */
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
    // The newline comes first, so that a truncated line does not damage the next one.
    append: (key, value) =>
      write(key, (file, fs) => fs.writeFile(file, `\n${JSON.stringify({ key, value })}`, { mode: 0o600, flag: 'a' })),
    claim: (key) => write(key, async (file) => (await takeLock(`${file}.lock`))?.release),
    delete: (key) => use('remove', key, (file, fs) => fs.rm(file, { force: true })),
  };
}
