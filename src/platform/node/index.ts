import type { Platform } from '../../core/platform.ts';
import { nodeFiles } from '../common/node-files.ts';
import { nodeHasher } from '../common/node-hasher.ts';
import { builtin, nodeProcess } from '../common/node-modules.ts';
import { defaultStateFolder, folderState } from '../common/node-state.ts';
import { serverConcurrency } from '../common/server.ts';

export { folderState } from '../common/node-state.ts';
export * from '../everywhere.ts';

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
