/**
 * Unpacks on Deno, Bun or Node what a server of the test has: `runner.ts <platform> <folder> <url of a zip> <url of a
 * tar.gz> <url of a damaged zip>`; prints what came of it as JSON in the last line.
 */

import { untar } from '../../src/core/archive/tar/untar.ts';
import { unpackZip } from '../../src/core/archive/unpack.ts';
import { zipSource } from '../../src/core/archive/zip/source.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { systemClock } from '../../src/core/sleep.ts';
import { openRemote } from '../../src/core/transfer/remote/remote.ts';
import { bunPlatform } from '../../src/platform/bun/index.ts';
import { denoPlatform } from '../../src/platform/deno/index.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { noWait } from '../clock.ts';

const [name, folder, zip, tar, damaged] = (globalThis as unknown as { process: { argv: string[] } }).process.argv.slice(
  2,
) as [string, string, string, string, string];
const platform = { bun: bunPlatform, deno: denoPlatform, node: nodePlatform }[name as 'bun' | 'deno' | 'node']();
const clock = { ...systemClock, ...noWait };
const client = createClient({ token: 'KGAT_test', endpoint: 'http://127.0.0.1:1', platform: { ...platform, clock } });
const fs = platform.fs!;

const files = await unpackZip(client, { url: zip }, `${folder}/zip`, { file: 'a.zip' });
const portable = createClient({
  token: 'KGAT_test',
  endpoint: 'http://127.0.0.1:1',
  platform: { ...platform, clock, inflate: undefined, inflater: undefined },
});
await unpackZip(portable, { url: zip }, `${folder}/portable`, { file: 'a.zip' });
const response = await fetch(tar);
const untarred = await untar(client, response.body!, `${folder}/tar`, { file: 'a.tar.gz' });
const refusal = await unpackZip(client, { url: damaged }, `${folder}/damaged`, { file: 'a.zip' }).then(
  () => 'unpacked',
  (error: Error) => `${error.name}: ${error.message}`,
);
const half = [];
for await (const { path } of fs.walk(folder)) if (path.startsWith('damaged/')) half.push(path);

const controller = new AbortController();
const aborted = await unpackZip(client, { url: zip }, `${folder}/aborted`, {
  file: 'a.zip',
  signal: controller.signal,
  onProgress: () => controller.abort(new Error('enough')),
}).then(
  () => 'unpacked',
  (error: Error) => error.message,
);

const again = zipSource(
  await Promise.all(files.map(async (file) => ({ name: file.name, source: await fs.source(file.path!) }))),
);
const archive = await new Response(await again.slice(0, again.size)).arrayBuffer();
const remote = await openRemote(client, { url: zip });
const end = await remote.readRange(remote.size - 22, remote.size);
await remote.close();

console.log(
  JSON.stringify({
    zip: files.length,
    tar: untarred.length,
    refusal,
    half,
    aborted,
    rezipped: archive.byteLength === again.size,
    end: end[0] === 0x50 && end.length === 22,
  }),
);
