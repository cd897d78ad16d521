import { join } from 'node:path';
import { modules, runCommand } from '../command.ts';
import type { Start } from '../start.ts';

/** Node 22, 24 and the newest, each the binary of an npm package of that name. */
export const start: Start = (rounds, bundles, onResult) =>
  runCommand(join(modules, rounds[0]!.runtime, 'bin/node'), [bundles.node], rounds, onResult);
