import type { Platform } from '../../core/platform.ts';
import { builtin, nodeProcess } from '../common/node-modules.ts';
import { nodePut } from '../common/node-put.ts';
import { defaultStateFolder, folderState } from '../common/node-state.ts';
import { serverParts } from '../common/server.ts';
import { isDefaultFetch } from './default-fetch.ts';
import { nodeCall, nodeFetch } from './node-fetch.ts';

export { folderState } from '../common/node-state.ts';
export * from '../everywhere.ts';

/**
 * Returns the platform of Node: files of node:fs, state in the user's state folder (`~/.local/state/kaggle-ts` unless
 * XDG_STATE_HOME or LOCALAPPDATA is set), native hashes.
 *
 * @example
 * ```ts
 * import { createClient, folderState, nodePlatform } from 'kaggle-ts/node';
 *
 * const client = createClient({ platform: { ...nodePlatform(), state: folderState('/var/lib/my-job') } });
 * ```
 */
export function nodePlatform(): Platform {
  const env = (name: string): string | undefined => nodeProcess().env[name];
  const home = (): string | undefined => builtin('node:os').homedir() || undefined;
  return {
    name: 'node',
    ...serverParts(),
    env,
    home,
    state: folderState(() => defaultStateFolder(env, home)),
    fetch: (request) => (isDefaultFetch(env) ? nodeFetch(request) : fetch(request)),
    call: (url, init) => (isDefaultFetch(env) ? nodeCall(url, init) : fetch(url, init)),
    put: nodePut,
    putReaches: () => isDefaultFetch(env),
    putsSmall: true,
    sizedStreams: true,
    byobBodies: true,
  };
}
