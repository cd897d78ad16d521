import { isMissing } from './file-error.ts';
import { builtin, nodeProcess } from './node-modules.ts';

/** Milliseconds between two signs of life of an owner. */
const heartbeat = 2000;
/** Milliseconds without one after which the owner counts as dead, where its process cannot be looked for. */
const lifetime = 10_000;
/** As long may a process be suspended that is there: after that, another one is likelier to have its number by now. */
const longestSleep = 60 * 60_000;

interface Owner {
  pid: number;
  /** `undefined` where the runtime does not tell it: then only the heartbeat counts. */
  host: string | undefined;
  token: string;
}

/** The tokens of the locks that are held here. */
const mine = new Set<string>();

/** Deno wants a permission for looking at processes and at the host's name; without it, it would ask or fail. */
function mayLook(permission: 'run' | 'sys'): boolean {
  const deno = (
    globalThis as { Deno?: { permissions: { querySync(descriptor: { name: string }): { state: string } } } }
  ).Deno;
  return !deno || deno.permissions.querySync({ name: permission }).state === 'granted';
}

function isAlive(owner: Owner | undefined, quietFor: number): boolean {
  if (owner && mine.has(owner.token)) return true;
  // Our own number: of another thread of ours, or of a process before us, as in a container that was started again.
  const canBeSeen = owner?.host !== undefined && owner.host === hostName() && mayLook('run');
  if (!canBeSeen || owner.pid === nodeProcess().pid) return quietFor <= lifetime;
  return quietFor <= longestSleep && !isGone(owner.pid);
}

/** Whether there is surely no such process on this host. */
export function isGone(pid: number): boolean {
  if (!mayLook('run')) return false;
  try {
    nodeProcess().kill(pid, 0);
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === 'ESRCH';
  }
}

/** This host's name, where the runtime tells it. */
export function hostName(): string | undefined {
  return mayLook('sys') ? builtin('node:os').hostname() : undefined;
}

/** The owner; `undefined` for a lock that is just being made, or whose maker died meanwhile: only its age tells. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await builtin('node:fs/promises').readFile(path))) as Owner;
  } catch {
    return undefined;
  }
}

/** Whether a file of that name is a lock, or the beginning of one, and not something of the user's. */
async function isLock(path: string): Promise<boolean> {
  const fs = builtin('node:fs/promises');
  const stats = await fs.lstat(path, { bigint: true });
  if (!stats.isFile() || stats.size > 1000n) return false;
  return /^($|\{"pid":)/.test(new TextDecoder().decode(await fs.readFile(path)));
}

/** Removes the lock of a dead owner; not that of another process which was faster and has just made its own. */
async function breakLock(path: string, dead: Owner | undefined): Promise<void> {
  const fs = builtin('node:fs/promises');
  const aside = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await fs.rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (moved?.token !== dead?.token) await fs.link(aside, path).catch(() => undefined);
  await fs.rm(aside, { force: true });
}

/**
 * Takes the lock file at `path` for this caller alone, among all processes that use it; resolves to what gives it back,
 * or to `undefined` while another living one has it, or a file that is no lock has its name. Whose process is gone has
 * it no more; a suspended one keeps it. Where processes cannot be looked up (another host), ten seconds without a sign of
 * life decide. The folder must be there; what `node:fs` throws is thrown on.
 */
export async function takeLock(path: string): Promise<(() => Promise<void>) | undefined> {
  const fs = builtin('node:fs/promises');
  const owner: Owner = { pid: nodeProcess().pid, host: hostName(), token: crypto.randomUUID() };
  for (let turn = 0; turn < 3; turn++) {
    mine.add(owner.token);
    try {
      await fs.writeFile(path, JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
      return hold(path, owner);
    } catch (error) {
      mine.delete(owner.token);
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    }
    if (!(await isLock(path).catch(isMissing))) return undefined;
    const found = await readOwner(path);
    const stats = await fs.lstat(path, { bigint: true }).catch(() => undefined);
    if (!stats) continue;
    if (isAlive(found, Date.now() - stats.mtime.getTime())) return undefined;
    await breakLock(path, found);
  }
  return undefined;
}

function hold(path: string, owner: Owner): () => Promise<void> {
  const fs = builtin('node:fs/promises');
  const beat = setInterval(() => {
    const now = new Date();
    fs.utimes(path, now, now).catch(() => undefined);
  }, heartbeat);
  // Node, Deno and Bun have `unref`: the heartbeat alone keeps no process alive.
  (beat as unknown as { unref?(): void }).unref?.();
  return async () => {
    if (!mine.delete(owner.token)) return;
    clearInterval(beat);
    if ((await readOwner(path))?.token === owner.token) await fs.rm(path, { force: true }).catch(() => undefined);
  };
}
