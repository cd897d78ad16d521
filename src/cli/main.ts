#!/usr/bin/env node
/** The entry of the executable. */
import { runCommandLine } from './command-line.ts';
import { node } from './node.ts';
import { createTerminal } from './terminal.ts';

for (const stream of [node.stdout, node.stderr]) {
  // The reader closed the pipe, as `| head` does.
  stream.on('error', (error) => node.exit(error.code === 'EPIPE' ? 0 : 1));
}
node.exitCode = await runCommandLine(node.argv.slice(2), createTerminal());
