/** Starts the servers for each transport, prints their addresses as one line of JSON, and exits when standard input ends. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type { Transport } from '../transports.ts';
import { openServers } from './servers.ts';

const [pageScript, ...transports] = process.argv.slice(2) as [string, ...Transport[]];
const script = await readFile(pageScript, 'utf8');
const html =
  '<!doctype html><meta charset="utf-8"><title>conformance</title><script type="module" src="/page.js"></script>';
const started = await Promise.all(transports.map((over) => openServers({ html, script }, over)));
console.log(JSON.stringify(started));
process.stdin.resume();
process.stdin.on('end', async () => {
  await Promise.all(started.map((servers) => servers.close()));
  process.exit(0);
});
