/**
 * Large and small files over TLS, to and from places that are slower than the network. Prints one line of JSON: how each
 * download ended, with the SHA-256 of what it brought.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

const [runtime, settings] = process.argv.slice(-2) as ['node' | 'deno' | 'bun', string];
const { endpoint, folder, large, small, authority } = JSON.parse(settings);
const { createClient } = await import(`../../../src/${runtime}.ts`);
const { download, uploadFile } = await import('../../../src/services/datasets/index.ts');
const { content } = await import('../download-server.ts');

if (authority) {
  // What undici's setGlobalDispatcher does, with an Agent of Node's own copy of undici.
  await fetch('data:,');
  const symbols = globalThis as unknown as { [key: symbol]: { constructor: new (options: object) => object } };
  const symbol = [2, 1].map((n) => Symbol.for(`undici.globalDispatcher.${n}`)).find((name) => name in globalThis)!;
  symbols[symbol] = new symbols[symbol]!.constructor({ connect: { ca: authority } }) as never;
}
const client = createClient({ endpoint, token: 'KGAT_test', retry: false });
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Keeps what it is handed only after a while: nobody may write into it meanwhile. */
function slowSink(size: number) {
  const data = new Uint8Array(size);
  const write = async (piece: Uint8Array, position: number) => {
    await pause(2);
    data.set(piece, position);
  };
  return { data, sink: { positional: true, write, commit: async () => {}, abort: async () => {} } };
}
function slowStream() {
  const pieces: Uint8Array[] = [];
  const sink = new WritableStream<Uint8Array>({
    async write(piece) {
      await pause(2);
      pieces.push(piece.slice());
    },
  });
  return { pieces, sink };
}

const results: Record<string, unknown> = {};
async function get(file: string, place: string): Promise<void> {
  const size = Number.parseInt(file, 10);
  const slow = slowSink(size);
  const stream = slowStream();
  const target = place === 'folder' ? folder : place === 'slow sink' ? slow.sink : stream.sink;
  const [found] = await download(client, { owner: 'owner', slug: 'data', file }, target);
  const data =
    place === 'folder'
      ? await readFile(`${folder}/${file}`)
      : place === 'slow sink'
        ? slow.data
        : new Uint8Array(await new Blob(stream.pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  results[`${file} to a ${place}`] = { verified: found?.verified, sha256: sha256(data) };
}

for (const file of [`${large}.bin`, `${large}.sum.bin`, `${small}.bin`]) {
  for (const place of ['folder', 'slow sink', 'slow stream']) await get(file, place);
}

const data = content(large);
await writeFile(`${folder}/up.bin`, data);
await uploadFile(client, `${folder}/up.bin`);
let at = 0;
const slowly = new ReadableStream<Uint8Array>({
  async pull(controller) {
    await pause(2);
    controller.enqueue(new Uint8Array(data.subarray(at, at + 300_007)));
    at += 300_007;
    if (at >= data.length) controller.close();
  },
});
await uploadFile(client, { name: 'slow.bin', data: slowly, size: data.length });
console.log(JSON.stringify(results));
