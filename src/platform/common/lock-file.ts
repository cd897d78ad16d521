import { errorCode, isMissing } from '../../core/bytes/file-error.ts';
import { sleep } from '../../core/sleep.ts';
import { heartbeat, isStale, isSurelyHeld, type LockOwner, type Observer } from './lock-owner.ts';
import { hostName, isRunning, startOf } from './node-host.ts';
import { builtin, nodeProcess } from './node-modules.ts';

/** A lock that was taken. */
export interface Lock {
  /**
   * Whether it is still ours: another process may have taken it while this one was suspended. Looks at the file only
   * where the last sign of life was too long ago. Once lost, it stays so.
   */
  isHeld(): Promise<boolean>;
  /** Gives it back; one that was lost is left to its new owner. */
  release(): Promise<void>;
}

/** The tokens of the locks that this thread holds. */
const held = new Set<string>();

/** How each lock file begins; something else of that name is the user's. */
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

/** Creates the lock file; `false` if there is one. */
async function create(path: string, owner: LockOwner): Promise<boolean> {
  try {
    await builtin('node:fs/promises').writeFile(path, JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** A lock that is there. */
interface Found {
  readonly owner: LockOwner | undefined;
  /** Milliseconds since the last sign of life, by our clock. */
  readonly silence: number;
  /** When that was, by the clock of its owner. */
  readonly sign: bigint;
}

/** What is at `path`: a lock, nothing (any more), or a file that is no lock. */
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
 * Whether the lock at `path` is still as it was found after the time in which a living owner shows a sign of life: its clock
 * may be another than ours, and a process that was suspended together with us has just begun to run again.
 */
async function staysSilent(path: string, before: Found): Promise<boolean> {
  await sleep(heartbeat * 1.5);
  const now = await inspect(path);
  return typeof now === 'object' && now.sign === before.sign && now.owner?.token === before.owner?.token;
}

/**
 * Removes the lock of a dead owner. One at a time does that, and looks again before: else the lock of another process, which
 * was faster and has just made its own, would be removed.
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
    // Left by a process that died just here; or a file of the user's, who may call one like that.
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
 * Takes the lock file at `path` for this caller alone, among all processes that use it; resolves to `undefined` while
 * another living one has it (`isStale` says which is not), or a file that is no lock has its name. The folder must be
 * there; what `node:fs` throws is thrown on.
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
      // Where nothing but the silence says so.
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

  /** Shows a sign of life, unless the lock is another's by now. */
  async function sign(): Promise<void> {
    const now = Date.now();
    const time = new Date(now);
    try {
      if (parseOwner(await textOf(path))?.token === owner.token) await fs.utimes(path, time, time);
      else lost = true;
    } catch (error) {
      // What else can fail passes, or shows where the file is used.
      if (!isMissing(error)) return;
      // Removed by hand; or, after a suspension, by another process that had the lock and is done.
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

  const beat = setInterval(() => {
    if (!lost) renew();
  }, heartbeat);
  // Node, Deno and Bun have `unref`: the heartbeat alone keeps no process alive.
  (beat as unknown as { unref?(): void }).unref?.();
  return {
    async isHeld() {
      if (!lost && !isSurelyHeld(Date.now() - lastSign)) await renew();
      return !lost;
    },
    async release() {
      if (!held.delete(owner.token)) return;
      clearInterval(beat);
      // It might make the file again.
      await renewing;
      lost = true;
      const found = await inspect(path);
      if (typeof found === 'object' && found.owner?.token === owner.token) {
        await fs.rm(path, { force: true }).catch(() => undefined);
      }
    },
  };
}
