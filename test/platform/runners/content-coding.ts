/**
 * Fetches on Deno, Bun or Node what a server of the test sends packed, though nobody asked for that:
 * `content-coding.ts <platform> <url> <path>...`; prints the length of each body, or its error, as JSON.
 */
import { bunPlatform } from '../../../src/platform/bun/index.ts';
import { denoPlatform } from '../../../src/platform/deno/index.ts';
import { nodePlatform } from '../../../src/platform/node/index.ts';

const [name, url, ...paths] = (globalThis as unknown as { process: { argv: string[] } }).process.argv.slice(2);
const platform = { bun: bunPlatform, deno: denoPlatform, node: nodePlatform }[name as 'bun' | 'deno' | 'node']();
const headers = new Headers({ 'accept-encoding': 'identity' });
const ways = {
  fetch: (address: string) => (platform.fetch ?? fetch)(new Request(address, { headers })),
  call: (address: string) => (platform.call ?? fetch)(address, { method: 'POST', headers, redirect: 'manual' }),
};
const found: Record<string, number | string> = {};
for (const [way, send] of Object.entries(ways)) {
  for (const path of paths) {
    const body = Promise.resolve(send(`${url}/${path}`)).then((response) => response.arrayBuffer());
    found[`${way} ${path}`] = await body.then(
      ({ byteLength }) => byteLength,
      () => 'error',
    );
  }
}
console.log(JSON.stringify(found));
