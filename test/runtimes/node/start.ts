import { join } from 'node:path';
import { modules, runCommand } from '../command.ts';
import type { Start } from '../start.ts';

/** Node 22, 24 and the newest, each the binary of an npm package of that name. */
export const start: Start = (settings, bundles, onResult) =>
  runCommand(join(modules, settings.runtime, 'bin/node'), [bundles.server.node], settings, onResult);
