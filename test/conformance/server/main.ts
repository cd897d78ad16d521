/** A process of its own: prints the addresses of a house for each transport, as one line of JSON, and ends when its standard input does. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import type { Transport } from '../transports.ts';
import { openHouse } from './house.ts';

const [pageScript, ...transports] = process.argv.slice(2) as [string, ...Transport[]];
const script = await readFile(pageScript, 'utf8');
const html =
  '<!doctype html><meta charset="utf-8"><title>conformance</title><script type="module" src="/page.js"></script>';
const houses = await Promise.all(transports.map((over) => openHouse({ html, script }, over)));
console.log(JSON.stringify(houses));
process.stdin.resume();
process.stdin.on('end', async () => {
  await Promise.all(houses.map((house) => house.close()));
  process.exit(0);
});
