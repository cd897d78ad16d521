import { builtin, nodeProcess } from './node-modules.ts';

interface DenoPermissions {
  querySync(descriptor: { name: 'sys'; kind: 'hostname' } | { name: 'run' }): { readonly state: string };
}

/** Whether something can be asked without Deno's asking the user for a permission first. */
function isAllowed(descriptor: Parameters<DenoPermissions['querySync']>[0]): boolean {
  const { Deno } = globalThis as { Deno?: { permissions: DenoPermissions } };
  return !Deno || Deno.permissions.querySync(descriptor).state === 'granted';
}

/** This host's name, where the runtime tells it. */
export function hostName(): string | undefined {
  return isAllowed({ name: 'sys', kind: 'hostname' }) ? builtin('node:os').hostname() : undefined;
}

/** Whether there is a process with this number on this host; `undefined` where the runtime does not tell it. */
export function isRunning(pid: number): boolean | undefined {
  if (!isAllowed({ name: 'run' })) return undefined;
  try {
    nodeProcess().kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    return (error as { code?: unknown }).code !== 'ESRCH';
  }
}
