import { join } from 'node:path';
import { modules, runCommand } from '../command.ts';
import type { Start } from '../start.ts';

/** Deno with the modules folder as npm made it, and no way to fetch anything else. */
export const start: Start = (rounds, bundles, onResult) =>
  runCommand(
    join(modules, '.bin/deno'),
    ['run', '-A', '--no-prompt', '--node-modules-dir=manual', '--no-lock', '--no-remote', bundles.deno],
    rounds,
    onResult,
  );
