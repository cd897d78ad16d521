import { join } from 'node:path';
import { modules, runCommand } from '../command.ts';
import type { Start } from '../start.ts';

/** Bun, told not to install what it does not find. */
export const start: Start = (rounds, bundles, onResult) =>
  runCommand(join(modules, '.bin/bun'), ['run', '--no-install', bundles.bun], rounds, onResult);
