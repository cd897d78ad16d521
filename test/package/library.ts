/** A library on top of the package: it uses each verb, and its own declarations must name what they return. */
import { createClient, createKaggle, type KaggleClient, type Method } from 'kaggle-ts';
import * as datasets from 'kaggle-ts/datasets';
import { advanceJob, beginJob, sendWebhook, signWebhook, verifyWebhook } from 'kaggle-ts/jobs';
import * as kernels from 'kaggle-ts/kernels';
import { createProxy, deletions, nextRoutes, readOnly, runJobs } from 'kaggle-ts/proxy';
import { nodeHandler } from 'kaggle-ts/proxy/node';
import { getDataset } from 'kaggle-ts/services/datasets';
import { createEmulator, pyodideExecutor, serveEmulator } from 'kaggle-ts/testing';

/** A setting that may not be there, as `process.env.X`. */
export const setting = (name: string): string | undefined => (globalThis as Record<string, unknown>)[name] as string;

export const connect = () =>
  createClient({
    token: setting('token'),
    endpoint: setting('endpoint'),
    signal: undefined,
    timeout: undefined,
    fetch: undefined,
    verbose: undefined,
  });
export const bound = () => createKaggle({ token: setting('token') });

const signal: AbortSignal | undefined = undefined;
const options = { signal, onProgress: undefined };
const files = [{ name: 'a.csv', data: 'x\n' }];
const dataset = { owner: 'a', slug: 'my-data', title: 'My data', files, subtitle: undefined };
const job = { slug: 'a/my-job', text: '1', language: 'python', kernelType: 'script', machineShape: undefined } as const;

export const aboutDatasets = (client: KaggleClient) => ({
  create: datasets.create(client, { ...dataset, licenseName: undefined }, options),
  createVersion: datasets.createVersion(client, { owner: 'a', slug: 'my-data', files, notes: undefined }, options),
  createOrVersion: datasets.createOrVersion(client, dataset, options),
  download: datasets.download(client, 'a/b', './out', { unzip: undefined, signal }),
  fromMetadata: datasets.fromMetadata({ title: 'My data', id: 'a/my-data', licenses: [{ name: 'CC0-1.0' }] }),
  get: datasets.get(client, 'a/b', { signal }),
  list: datasets.list(client, { search: undefined }),
  listFiles: datasets.listFiles(client, 'a/b', { signal }),
  openArchive: datasets.openArchive(client, 'a/b', { signal }),
  openRemote: datasets.openRemote(client, { owner: 'a', slug: 'b', file: 'a.csv' }, { signal }),
  remove: datasets.remove(client, 'a/b', { signal }),
  status: datasets.status(client, 'a/b', { signal }),
  uploadDatasetFile: datasets.uploadDatasetFile(client, './a.csv', options),
  uploadFile: datasets.uploadFile(client, './a.csv', {}, options),
  untar: (stream: ReadableStream<Uint8Array>) => datasets.untar(client, stream, './out', { file: 'a.tar', signal }),
  remoteZip: datasets.remoteZip,
  waitUntilReady: datasets.waitUntilReady(client, 'a/b', { timeout: undefined, signal }),
});

export const aboutKernels = (client: KaggleClient) => ({
  attach: kernels.attach(client, 'kj1').peek({ signal }),
  cancel: kernels.cancel(client, 'a/b', { signal }),
  fromMetadata: kernels.fromMetadata({ id: 'a/my-job', title: 'My job', code_file: 'main.py' }),
  get: kernels.get(client, 'a/b', { signal }),
  gpu: kernels.gpu<string, number>(client, { text: 'def f(x): return 1', entry: 'f', slug: undefined }),
  gpuMap: kernels.gpu<string, number>(client, { text: 'def f(x): return 1', entry: 'f' }).map(['a'], { signal }),
  isTerminal: kernels.isTerminal('COMPLETE'),
  list: kernels.list(client, { search: undefined }),
  listOutput: kernels.listOutput(client, 'a/b', { signal }),
  logs: kernels.logs(client, 'a/b', { signal }),
  map: kernels.map(client, [1, 2], job, { key: undefined, signal }),
  openRemote: kernels.openRemote(client, 'a/b', 'a.csv', { signal }),
  output: kernels.output(client, 'a/b', './out', { pattern: undefined, signal }),
  push: kernels.push(client, job, { signal }),
  remove: kernels.remove(client, 'a/b', { signal }),
  run: kernels.run(client, { ...job, output: undefined }, { signal, onLog: undefined }),
  scriptKind: kernels.scriptKind('main.py'),
  start: kernels.start(client, job, { key: undefined, signal }),
  status: kernels.status(client, 'a/b', { signal }),
  sweepStep: kernels.sweepStep(client, [1, 2], job, { state: undefined, signal }),
  wait: kernels.wait(client, 'a/b', { timeout: undefined, signal }),
  watch: kernels.watch(client, ['a/b'], { logs: undefined, signal }),
});

export const steps = async (client: KaggleClient) => {
  const webhook = { id: 'job-1', payload: { type: 'job.done' } };
  const headers = await signWebhook({ id: 'job-1', body: '{}' }, 'whsec_aaaa');
  return {
    turn: await advanceJob(client, beginJob({ kernel: job }), { target: './out' }, { signal, save: undefined }),
    sent: await sendWebhook('https://example.com', webhook, { secret: 'whsec_aaaa', signal }),
    verified: await verifyWebhook({ headers: { ...headers }, body: '{}' }, 'whsec_aaaa'),
  };
};

export const proxies = (client: KaggleClient) => {
  const allow = { ...readOnly, ...runJobs, ...deletions };
  const proxy = createProxy({ client, allow, authorize: () => ({ user: 'a' }), origins: undefined });
  return { handler: nodeHandler(proxy), routes: nextRoutes(proxy) };
};

export const one = (client: KaggleClient) => client.call(getDataset, { ownerSlug: 'a', datasetSlug: 'b' }, { signal });
export const methods = (): Method[] => [getDataset as Method];

export const tests = () => {
  const emulator = createEmulator({ executor: pyodideExecutor({ packages: undefined }), lag: undefined });
  return { emulator, served: serveEmulator({ port: undefined }) };
};
