import { builtin, nodeProcess } from './node-modules.ts';

interface DenoPermissions {
  querySync(descriptor: { name: 'sys'; kind: 'hostname' } | { name: 'run' | 'read' }): { readonly state: string };
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

/**
 * When the process with this number was started, in clock ticks since the system was; `undefined` if there is none, or
 * the system does not tell it: only Linux has `/proc`.
 */
export function startOf(pid: number): string | undefined {
  if (!isAllowed({ name: 'read' })) return undefined;
  try {
    const text = new TextDecoder().decode(builtin('node:fs').readFileSync(`/proc/${pid}/stat`));
    // The name of the program, in parentheses, may have blanks. Behind it stand the state and 18 numbers before this one.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
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
