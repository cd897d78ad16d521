import { fileError, isMissing } from './file-error.ts';
import { builtin, nodeProcess } from './node-modules.ts';

/** How often the one who has a claim shows that it lives, and how long it may be silent. Milliseconds. */
const heartbeat = 5_000;
const patience = 30_000;

interface Owner {
  readonly pid?: number;
  readonly host?: string;
  readonly id?: string;
}

interface DenoPermissions {
  querySync(descriptor: { name: 'sys'; kind: 'hostname' } | { name: 'run' }): { readonly state: string };
}

/** Whether something can be asked without Deno's asking the user for a permission first. */
function isAllowed(descriptor: Parameters<DenoPermissions['querySync']>[0]): boolean {
  const { Deno } = globalThis as { Deno?: { permissions: DenoPermissions } };
  return !Deno || Deno.permissions.querySync(descriptor).state === 'granted';
}

/** The name of this machine, if it may be known. */
function hostName(): string | undefined {
  return isAllowed({ name: 'sys', kind: 'hostname' }) ? builtin('node:os').hostname() : undefined;
}

/** Whether the owner's process has ended, as far as this one can see: not on another machine, not without permission. */
function isDead({ pid, host }: Owner): boolean {
  if (pid === undefined || host === undefined || host !== hostName() || !isAllowed({ name: 'run' })) return false;
  try {
    nodeProcess().kill(pid, 0);
    return false;
  } catch (error) {
    return (error as { code?: unknown }).code === 'ESRCH';
  }
}

async function readOwner(path: string): Promise<Owner> {
  try {
    return JSON.parse(new TextDecoder().decode(await builtin('node:fs/promises').readFile(path))) as Owner;
  } catch {
    // Just being written, or already gone: its time decides.
    return {};
  }
}

/** Removes the lock of an owner that has died. The rename makes sure that only one process removes this very lock. */
async function removeStale(path: string): Promise<boolean> {
  const fs = builtin('node:fs/promises');
  const owner = await readOwner(path);
  const stats = await fs.stat(path, { bigint: true }).catch(() => undefined);
  if (!stats) return true;
  if (!isDead(owner) && Date.now() - stats.mtime.getTime() < patience) return false;
  const aside = `${path}.${crypto.randomUUID().slice(0, 8)}`;
  try {
    await fs.rename(path, aside);
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
  const moved = await readOwner(aside);
  // Another process was faster, and this is its fresh lock: it gets it back.
  const fresh = moved.id !== owner.id;
  if (fresh) await fs.rename(aside, path);
  else await fs.rm(aside, { force: true });
  return !fresh;
}

/**
 * Takes the lock file at `path`, whose folder exists; `undefined` while another living process has it. The file holds
 * the process's number, and its time is renewed as long as it is held: a lock whose process has ended, or that was not
 * touched for half a minute, is taken over.
 */
export async function claimFile(path: string): Promise<(() => Promise<void>) | undefined> {
  const fs = builtin('node:fs/promises');
  const owner: Owner = { pid: nodeProcess().pid, host: hostName(), id: crypto.randomUUID() };
  for (let attempt = 1; ; attempt++) {
    try {
      await fs.writeFile(path, JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
      break;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw fileError('write the lock file', path, error);
      if (attempt > 3 || !(await removeStale(path))) return undefined;
    }
  }
  const timer = setInterval(() => {
    const now = new Date();
    fs.utimes(path, now, now).catch(() => undefined);
  }, heartbeat);
  // A program that forgets its transfer is not kept alive by this.
  (timer as { unref?(): void }).unref?.();
  return async () => {
    clearInterval(timer);
    if ((await readOwner(path)).id === owner.id) await fs.rm(path, { force: true });
  };
}
