import type { Platform } from '../../core/platform.ts';
import { nodeFiles } from '../shared/node-files.ts';
import { nodeHasher } from '../shared/node-hasher.ts';
import { builtin, nodeProcess } from '../shared/node-modules.ts';
import { defaultStateFolder, folderState } from '../shared/node-state.ts';
import { serverConcurrency } from '../shared/server.ts';

export * from '../everywhere.ts';
export { folderState } from '../shared/node-state.ts';

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
    log: (line) => console.error(line),
  };
}
