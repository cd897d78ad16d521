import type { Platform } from '../../core/platform.ts';
import { nodeFiles } from '../common/node-files.ts';
import { nodeGet } from '../common/node-get.ts';
import { nodeHasher } from '../common/node-hasher.ts';
import { nodeInflate, nodeInflater } from '../common/node-inflate.ts';
import { builtin, nodeProcess } from '../common/node-modules.ts';
import { nodePut } from '../common/node-put.ts';
import { defaultStateFolder, folderState } from '../common/node-state.ts';
import { serverConcurrency } from '../common/server.ts';

export { folderState } from '../common/node-state.ts';
export * from '../everywhere.ts';

/**
 * Whether `fetch` goes by something else than a plain connection: Node's own switch for the proxy variables, or a
 * dispatcher (undici's ProxyAgent, a mock) that the program has set for all requests.
 */
function fetchIsSpecial(env: (name: string) => string | undefined): boolean {
  if (env('NODE_USE_ENV_PROXY') === '1') return true;
  const symbols = globalThis as { [key: symbol]: object | undefined };
  // Node 26 keeps its dispatcher under the second name, and under the first one a wrapper for older copies of undici.
  return ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].some((name) => {
    const dispatcher = symbols[Symbol.for(name)]?.constructor.name;
    return dispatcher !== undefined && dispatcher !== 'Agent' && dispatcher !== 'Dispatcher1Wrapper';
  });
}

/** Node: files through node:fs, state in the user's state folder, hashes of node:crypto. */
export function nodePlatform(): Platform {
  const env = (name: string): string | undefined => nodeProcess().env[name];
  const home = (): string | undefined => builtin('node:os').homedir() || undefined;
  return {
    name: 'node',
    concurrency: serverConcurrency,
    env,
    home,
    fs: nodeFiles(),
    state: folderState(() => defaultStateFolder(env, home)),
    hasher: nodeHasher,
    inflate: nodeInflate,
    inflater: nodeInflater,
    put: (request) => (fetchIsSpecial(env) ? undefined : nodePut(request)),
    get: (request) => (fetchIsSpecial(env) ? undefined : nodeGet(request)),
    sizedStreams: true,
    log: (line) => console.error(line),
  };
}
