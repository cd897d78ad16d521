/** A process of its own: prints its addresses as one line of JSON, and ends when its standard input does. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { openHouse } from './house.ts';

const [pageScript] = process.argv.slice(2);
const script = pageScript ? await readFile(pageScript, 'utf8') : '';
const html =
  '<!doctype html><meta charset="utf-8"><title>conformance</title><script type="module" src="/page.js"></script>';
const house = await openHouse({ html, script });
const { apiUrl, storageUrl, otherUrl, controlUrl } = house;
console.log(JSON.stringify({ apiUrl, storageUrl, otherUrl, controlUrl }));
process.stdin.resume();
process.stdin.on('end', async () => {
  await house.close();
  process.exit(0);
});
