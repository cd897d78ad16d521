import { errorCode, isMissing } from '../../core/bytes/file-error.ts';
import { sleep } from '../../core/sleep.ts';
import { heartbeat, isStale, isSurelyHeld, type LockOwner, type Observer } from './lock-owner.ts';
import { hostName, isRunning, startOf } from './node-host.ts';
import { builtin, nodeProcess } from './node-modules.ts';

/** An acquired lock. */
export interface Lock {
  /**
   * Whether this process still holds it: another one may have taken it while this one was suspended. Reads the file only if the
   * last heartbeat was too long ago. Once `false`, it stays so.
   */
  isHeld(): Promise<boolean>;
  /** Releases the lock, unless another process holds it by now. */
  release(): Promise<void>;
}

/** The tokens of the locks that this thread holds. */
const held = new Set<string>();

/** The beginning of each lock file; a file with other content belongs to the user. */
const beginning = '{"pid":';

const textOf = async (path: string): Promise<string> =>
  new TextDecoder().decode(await builtin('node:fs/promises').readFile(path));

function parseOwner(text: string): LockOwner | undefined {
  try {
    return JSON.parse(text) as LockOwner;
  } catch {
    return undefined;
  }
}

/** Creates the lock file; resolves to `false` if it exists. */
async function create(path: string, owner: LockOwner): Promise<boolean> {
  try {
    await builtin('node:fs/promises').writeFile(path, JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** An existing lock. */
interface Found {
  readonly owner: LockOwner | undefined;
  /** Milliseconds since the last heartbeat, by the local clock. */
  readonly silence: number;
  /** Time of the last heartbeat, by the clock of the owner. */
  readonly sign: bigint;
}

/** Reads the lock at `path`; `foreign` for a file that is not a lock. */
async function inspect(path: string): Promise<Found | 'nothing' | 'foreign'> {
  try {
    const stats = await builtin('node:fs/promises').lstat(path, { bigint: true });
    if (!stats.isFile() || stats.size > 1000n) return 'foreign';
    const text = await textOf(path);
    if (!text.startsWith(beginning) && !beginning.startsWith(text)) return 'foreign';
    return { owner: parseOwner(text), silence: Date.now() - stats.mtime.getTime(), sign: stats.mtimeNs };
  } catch (error) {
    return isMissing(error) ? 'nothing' : 'foreign';
  }
}

/**
 * Whether the lock at `path` is unchanged after the time of a heartbeat. The clock of the owner may differ from the local one, and a
 * process that was suspended together with this one has only just resumed.
 */
async function staysSilent(path: string, before: Found): Promise<boolean> {
  await sleep(heartbeat * 1.5);
  const now = await inspect(path);
  return typeof now === 'object' && now.sign === before.sign && now.owner?.token === before.owner?.token;
}

/**
 * Removes the lock of a dead owner. Only one process at a time does so, after checking again; else it could remove the new lock of a
 * process that was faster.
 */
async function breakLock(
  path: string,
  dead: LockOwner | undefined,
  owner: LockOwner,
  observer: Observer,
): Promise<void> {
  const fs = builtin('node:fs/promises');
  const guard = `${path}.breaking`;
  if (!(await create(guard, owner))) {
    // Left by a process that was killed here, or a file of the user with this name.
    const found = await inspect(guard);
    if (typeof found === 'object' && isStale(found.owner, found.silence, observer)) await fs.rm(guard, { force: true });
    return;
  }
  try {
    const found = await inspect(path);
    if (typeof found === 'object' && found.owner?.token === dead?.token) await fs.rm(path, { force: true });
  } finally {
    await fs.rm(guard, { force: true });
  }
}

/**
 * Acquires the lock file at `path`, exclusively among all processes. Resolves to `undefined` if another living process holds it (see
 * `isStale`), or if a file with this name is not a lock. The folder must exist. Rejects with errors of `node:fs`.
 */
export async function takeLock(path: string): Promise<Lock | undefined> {
  const { pid } = nodeProcess();
  const owner: LockOwner = { pid, host: hostName(), started: startOf(pid), token: crypto.randomUUID() };
  const observer: Observer = { pid, host: owner.host, holds: (token) => held.has(token), isRunning, startOf };
  held.add(owner.token);
  try {
    for (let turn = 0; turn < 3; turn++) {
      if (await create(path, owner)) return hold(path, owner);
      const found = await inspect(path);
      if (found === 'nothing') continue;
      if (found === 'foreign' || !isStale(found.owner, found.silence, observer)) break;
      // Only the missing heartbeat suggests that the owner is dead.
      if (!isStale(found.owner, 0, observer) && !(await staysSilent(path, found))) break;
      await breakLock(path, found.owner, owner, observer);
    }
  } catch (error) {
    held.delete(owner.token);
    throw error;
  }
  held.delete(owner.token);
  return undefined;
}

function hold(path: string, owner: LockOwner): Lock {
  const fs = builtin('node:fs/promises');
  let lastSign = Date.now();
  let lost = false;

  /** Sends a heartbeat, unless another process holds the lock by now. */
  async function sign(): Promise<void> {
    const now = Date.now();
    const time = new Date(now);
    try {
      if (parseOwner(await textOf(path))?.token === owner.token) await fs.utimes(path, time, time);
      else lost = true;
    } catch (error) {
      // Other failures are temporary, or are reported when the file is used.
      if (!isMissing(error)) return;
      // Removed by the user or, after a suspension, by another process that held the lock and released it.
      lost = !isSurelyHeld(now - lastSign) || !(await create(path, owner).catch(() => true));
    }
    lastSign = now;
  }

  let renewing: Promise<void> | undefined;
  function renew(): Promise<void> {
    renewing ??= sign().finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  const timer = setInterval(() => {
    if (!lost) renew();
  }, heartbeat);
  // Node, Deno and Bun have `unref`, so that the heartbeat does not keep the process alive.
  (timer as unknown as { unref?(): void }).unref?.();
  return {
    async isHeld() {
      if (!lost && !isSurelyHeld(Date.now() - lastSign)) await renew();
      return !lost;
    },
    async release() {
      if (!held.delete(owner.token)) return;
      clearInterval(timer);
      // A pending heartbeat could create the file again.
      await renewing;
      lost = true;
      const found = await inspect(path);
      if (typeof found === 'object' && found.owner?.token === owner.token) {
        await fs.rm(path, { force: true }).catch(() => undefined);
      }
    },
  };
}
