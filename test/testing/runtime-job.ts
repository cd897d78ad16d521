/** Run by `runtimes.test.ts` on each server runtime: serves an emulator, runs kernels in it, and must end by itself. */
import { serveEmulator } from '../../src/testing/index.ts';

const { url, storageUrl, emulator, close } = await serveEmulator({ lag: 0, processing: 0 });

async function rpc(method: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(`${url}/api/v1/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer KGAT_test' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, string>;
}

const { token, createUrl } = await rpc('blobs.BlobApiService/StartBlobUpload', {
  type: 'DATASET',
  name: 'a.txt',
  contentLength: 2,
});
const stored = await fetch(createUrl!, { method: 'PUT', body: 'hi' });
await stored.body?.cancel();
await rpc('datasets.DatasetApiService/CreateDataset', {
  ownerSlug: 'alice',
  slug: 'some-data',
  title: 'Some data',
  files: [{ token }],
});
await rpc('kernels.KernelsApiService/SaveKernel', {
  slug: 'alice/some-job',
  newTitle: 'Some job',
  text: 'open("out.txt", "w").write(open("/kaggle/input/datasets/alice/some-data/a.txt").read() * 2)\nprint("started")\nwhile True: pass',
  language: 'python',
  kernelType: 'script',
  datasetDataSources: ['alice/some-data'],
});
const kernel = { userName: 'alice', kernelSlug: 'some-job' };
const stream = await fetch(`${url}/api/v1/kernels/logs/stream/alice/some-job`, {
  headers: { authorization: 'Bearer KGAT_test', accept: 'text/event-stream' },
});
let log = '';
let asked = false;
for await (const text of stream.body!.pipeThrough(new TextDecoderStream())) {
  log += text;
  if (!log.includes('started') || asked) continue;
  asked = true;
  const { sessionId } = emulator.state.kernels.get('alice/some-job')!.versions[0]!;
  await rpc('kernels.KernelsApiService/CancelKernelSession', { kernelSessionId: sessionId });
}
const { status } = await rpc('kernels.KernelsApiService/GetKernelSessionStatus', kernel);
const output = await rpc('kernels.KernelsApiService/ListKernelSessionOutput', kernel);
const [file] = output.files as unknown as { url: string; fileName: string }[];
const content = await (await fetch(file!.url)).text();
const twoOrigins = file!.url.startsWith(storageUrl) && storageUrl !== url;
const events = log.split('\n').filter((line) => line.startsWith('data: '));
console.log(JSON.stringify({ status, name: file!.fileName, content, twoOrigins, end: events.at(-1) }));
await close();
