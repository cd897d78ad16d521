import { builtin, nodeProcess } from './node-modules.ts';

interface DenoPermissions {
  querySync(descriptor: { name: 'sys'; kind: 'hostname' } | { name: 'run' | 'read' }): { readonly state: string };
}

/** Whether Deno has a permission, so that it does not prompt. `true` on other runtimes. */
function isAllowed(descriptor: Parameters<DenoPermissions['querySync']>[0]): boolean {
  const { Deno } = globalThis as { Deno?: { permissions: DenoPermissions } };
  return !Deno || Deno.permissions.querySync(descriptor).state === 'granted';
}

/** The host name; `undefined` without permission. */
export function hostName(): string | undefined {
  return isAllowed({ name: 'sys', kind: 'hostname' }) ? builtin('node:os').hostname() : undefined;
}

/**
 * The start time of a process in clock ticks since boot; `undefined` if it does not exist, or on systems other than Linux, which lack
 * `/proc`.
 */
export function startOf(pid: number): string | undefined {
  if (!isAllowed({ name: 'read' })) return undefined;
  try {
    const text = new TextDecoder().decode(builtin('node:fs').readFileSync(`/proc/${pid}/stat`));
    // The program name in parentheses may contain spaces. It is followed by the state and 18 other fields.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Whether a process exists on this host; `undefined` without permission to check. */
export function isRunning(pid: number): boolean | undefined {
  if (!isAllowed({ name: 'run' })) return undefined;
  try {
    nodeProcess().kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists but belongs to another user.
    return (error as { code?: unknown }).code !== 'ESRCH';
  }
}
