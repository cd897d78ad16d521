import type { Platform } from '../../core/platform.ts';
import { nodeFiles } from '../common/node-files.ts';
import { nodeHasher } from '../common/node-hasher.ts';
import { nodeInflate } from '../common/node-inflate.ts';
import { nodePut } from '../common/node-put.ts';
import { defaultStateFolder, folderState } from '../common/node-state.ts';
import { usesProxy } from '../common/proxy.ts';
import { serverConcurrency } from '../common/server.ts';

export { folderState } from '../common/node-state.ts';
export * from '../everywhere.ts';

/** The part of the global `Deno` that is used here. */
interface DenoGlobal {
  readonly env: { get(name: string): string | undefined };
  readonly permissions: { querySync(descriptor: { name: 'env'; variable: string }): { readonly state: string } };
}

/**
 * Deno: files, state and hashes through its node:* modules. A variable that `--allow-env` does not cover reads as
 * unset, so that looking for credentials neither fails nor asks; opening a file may ask, as is usual there.
 */
export function denoPlatform(): Platform {
  return {
    name: 'deno',
    concurrency: serverConcurrency,
    env,
    home,
    fs: nodeFiles(),
    state: folderState(() => defaultStateFolder(env, home)),
    hasher: nodeHasher,
    inflate: nodeInflate,
    put: (request) => (usesProxy(request.url, env) ? undefined : nodePut(request)),
    byobBodies: true,
    log: (line) => console.error(line),
  };
}

function env(variable: string): string | undefined {
  const deno = (globalThis as unknown as { Deno: DenoGlobal }).Deno;
  const { state } = deno.permissions.querySync({ name: 'env', variable });
  return state === 'granted' ? deno.env.get(variable) : undefined;
}

/** From the environment: `os.homedir` would need a permission of its own. */
function home(): string | undefined {
  return env('HOME') || env('USERPROFILE') || undefined;
}
