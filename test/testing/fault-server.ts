/**
 * Run by `fault-runtimes.test.ts` on each server runtime: an emulator with a file and an upload session for each fault,
 * named after it. Prints their addresses as one line of JSON, and ends when its standard input does.
 */
import process from 'node:process';
import { type Fault, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';

const faults = JSON.parse(process.argv[2]!) as Record<string, Fault>;
const { url, emulator, close } = await serveEmulator({ lag: 0, processing: 0, executor: scriptedExecutor(() => {}) });

async function rpc(method: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer KGAT_test' };
  const init: RequestInit = { method: 'POST', headers, body: JSON.stringify(body), redirect: 'manual' };
  return emulator.fetch(new Request(`${url}/v1/${method}`, init));
}

const data = new Uint8Array(200_000).fill(120);
const addresses: Record<string, { get: string; put: string }> = {};
for (const [name, fault] of Object.entries(faults)) {
  const start = async (contentLength: number) =>
    (await rpc('blobs.BlobApiService/StartBlobUpload', { type: 'DATASET', name, contentLength })).json();
  const { token, createUrl } = await start(data.length);
  await emulator.fetch(new Request(createUrl, { method: 'PUT', body: data }));
  const slug = `data-${name.toLowerCase()}`;
  await rpc('datasets.DatasetApiService/CreateDataset', { slug, title: slug, files: [{ token }] });
  const request = { ownerSlug: 'alice', datasetSlug: slug, fileName: name };
  const get = (await rpc('datasets.DatasetApiService/DownloadDataset', request)).headers.get('location')!;
  const put = (await start(data.length)).createUrl as string;
  addresses[name] = { get, put };
  const path = fault.match?.verb === 'PUT' ? new URL(put).search : new URL(get).pathname;
  emulator.faults.add({ ...fault, match: { ...fault.match, path } });
}
console.log(JSON.stringify(addresses));
process.stdin.resume();
process.stdin.on('end', () => void close());
