/** Starts as many servers as there are runtimes for each transport, prints their addresses as one line of JSON, and exits when standard input ends. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type { Transport } from '../transports.ts';
import { kernelExecutor } from './executor.ts';
import { openServers } from './servers.ts';

const [pageScript, runtimes, ...transports] = process.argv.slice(2) as [string, string, ...Transport[]];
const script = await readFile(pageScript, 'utf8');
const html =
  '<!doctype html><meta charset="utf-8"><title>conformance</title><script type="module" src="/page.js"></script>';
// One for all: Python is compiled once.
const executor = kernelExecutor();
const started = await Promise.all(
  Array.from({ length: Number(runtimes) }, () =>
    Promise.all(transports.map((over) => openServers({ html, script }, over, executor))),
  ),
);
console.log(JSON.stringify(started));
process.stdin.resume();
process.stdin.on('end', async () => {
  await Promise.all(started.flat().map((servers) => servers.close()));
  process.exit(0);
});
