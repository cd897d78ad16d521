/** What users write, checked against the types of the built package. It is compiled, never run. */
import {
  ApiError,
  type ByteSource,
  createClient,
  createKaggle,
  isKaggleError,
  type KaggleClient,
  KernelFailedError,
  type Method,
  type Platform,
  RateLimitError,
  ValidationError,
} from 'kaggle-ts';
import * as datasets from 'kaggle-ts/datasets';
import * as kernels from 'kaggle-ts/kernels';
import type { ApiDataset } from 'kaggle-ts/services/datasets';
import { getDataset } from 'kaggle-ts/services/datasets';
import { downloadKernelOutput, getKernelSessionStatus, saveKernel } from 'kaggle-ts/services/kernels';
import { createEmulator, serveEmulator } from 'kaggle-ts/testing';
import * as v from 'valibot';

const token = 'KGAT_x';
const endpoint = 'http://localhost:7777';
const signal = new AbortController().signal;

export async function options(): Promise<KaggleClient> {
  createClient();
  createClient({ token: async () => token });
  createClient({ username: 'alice', key: 'k' });
  // @ts-expect-error a misspelt option
  createClient({ tokn: token });
  // @ts-expect-error not an environment of Kaggle's
  createClient({ environment: 'NOWHERE' });
  return createClient({
    token,
    endpoint,
    fetch: async (request) => fetch(request),
    userAgent: 'mine/1.0',
    verbose: (line: string) => console.log(line),
    retry: 2,
    timeout: 30,
    signal,
  });
}

/** As `tsc --init` sets it (`exactOptionalPropertyTypes`), an option that may be undefined must say so. */
export async function maybe(client: KaggleClient, env: Record<string, string | undefined>): Promise<void> {
  const [endpoint, token, title, folder] = [env.ENDPOINT, env.TOKEN, env.TITLE, env.OUT];
  const signal = title ? new AbortController().signal : undefined;
  createClient({ endpoint, token, signal, retry: title ? 1 : undefined, platform: undefined });
  await kernels.run(
    client,
    { slug: 'alice/my-job', newTitle: title, text: 'x', output: folder, machineShape: title, params: undefined },
    { signal, timeout: undefined, onLog: undefined, onProgress: undefined, schedule: { first: undefined } },
  );
  await datasets.createOrVersion(
    client,
    { owner: 'alice', slug: 'my-data', title, files: [{ name: 'a.csv', data: 'x', size: undefined }], notes: title },
    { signal, resume: undefined, archive: undefined },
  );
  await datasets.download(client, { owner: 'alice', slug: 'my-data', version: undefined, file: title }, './out', {
    signal,
  });
  await client.call(getKernelSessionStatus, { userName: 'a', kernelSlug: 'b' }, { signal, timeout: undefined });
  createEmulator({ data: folder, fixtures: folder, lag: undefined });
}

export async function untyped(client: KaggleClient): Promise<string> {
  const list = await client.call('kernels.KernelsApiService', 'ListKernels', { user: 'me' });
  const response: Response = await client.callRaw('datasets.DatasetApiService', 'DownloadDataset', {
    ownerSlug: 'a',
    datasetSlug: 'b',
  });
  const bearer: string | undefined = await client.token();
  const { active, username } = await client.introspect();
  const answer: unknown = await client.http.get('anything').json();
  return [list.kernels, response.status, bearer, active, username, answer, await client.whoAmI()].join();
}

export async function typed(client: KaggleClient): Promise<ApiDataset> {
  const { status, failureMessage } = await client.call(getKernelSessionStatus, { userName: 'a', kernelSlug: 'b' });
  if (status === 'COMPLETE' || status === 'ERROR') console.log(status.toLowerCase(), failureMessage?.length);
  // A value that Kaggle adds later is a string like the others.
  const text: string = status;
  // @ts-expect-error a field that the request does not have
  await client.call(getKernelSessionStatus, { userName: 'a', kernelSlug: 'b', kernel: 1 });
  // @ts-expect-error a field of another type
  await client.call(getKernelSessionStatus, { userName: 5, kernelSlug: 'b' });
  const raw: Response = await client.call(downloadKernelOutput, { ownerSlug: 'a', kernelSlug: 'b' });
  const saved = await client.call(
    saveKernel,
    { slug: 'a/b', id: '9007199254740993', datasetDataSources: ['a/b'] },
    { signal },
  );
  const id: number | string = saved.kernelId;
  const sources: string[] = saved.invalidDatasetSources;
  // @ts-expect-error an optional field may be undefined
  const version: number | string = saved.versionNumber;
  const dataset = await client.call(getDataset, { ownerSlug: 'a', datasetSlug: 'b' });
  const when: Date | undefined = dataset.lastUpdated;
  console.log(text, raw.ok, id, sources.length, version, when?.getTime(), dataset.files.length);
  return dataset;
}

export async function verbs(client: KaggleClient, file: File): Promise<void> {
  const source: ByteSource = { size: 1, slice: () => new Blob(['x']).stream() };
  const data = await datasets.createOrVersion(
    client,
    {
      owner: 'alice',
      slug: 'my-data',
      title: 'My data',
      files: ['./data', file, { name: 'a.csv', data: 'x,y\n' }, { name: 'b.bin', data: source }],
      isPrivate: true,
      notes: 'first',
    },
    { signal, onProgress: ({ file, transferred, total }) => console.log(file, transferred, total) },
  );
  const { ref, versionNumber, url }: { ref: string; versionNumber: number | undefined; url: string } = data;
  await data.ready({ timeout: 60 });
  await datasets.download(client, ref, './folder');
  // @ts-expect-error a dataset needs an owner
  await datasets.createOrVersion(client, { slug: 'my-data', files: [] });

  const run = await kernels.push(client, {
    slug: 'alice/my-job',
    newTitle: 'My job',
    text: 'print(1)',
    language: 'python',
    kernelType: 'script',
    isPrivate: true,
    machineShape: 'NvidiaTeslaT4',
    datasetDataSources: [data.ref],
  });
  for await (const { stream, time, data } of kernels.logs(client, run, { follow: true, signal })) {
    const which: 'stdout' | 'stderr' = stream;
    console.log(which, time.toFixed(1), data.trimEnd());
  }
  const { status } = await kernels.wait(client, run, {
    onStatus: (status) => console.log(status),
    timeout: 600,
    signal,
  });
  const complete: 'COMPLETE' | 'ENDED' = status;
  const files = await kernels.output(client, run, './out', { onProgress: () => {} });
  for (const { name, path, size, verified } of files) console.log(name, path, size, verified);
  const result = await kernels.run(
    client,
    { slug: 'alice/my-job', newTitle: 'My job', folder: './job', entry: 'main.py', params: { a: 1 }, output: './out' },
    { onLog: ({ data }) => console.log(data), onStatus: () => {}, onProgress: () => {}, signal },
  );
  console.log(versionNumber, url, complete, result.status, result.log.length, result.files.length);
  // @ts-expect-error not a language that Kaggle runs
  await kernels.push(client, { slug: 'alice/my-job', text: 'x', language: 'cobol' });

  const kaggle = createKaggle({ token });
  const bound = await kaggle.kernels.status('alice/my-job');
  console.log(bound.status, await kaggle.datasets.status('alice/my-data'));
}

/** A schema without a library. */
const even: kernels.StandardSchema<number, string> = {
  '~standard': {
    version: 1,
    vendor: 'mine',
    validate: (value) => (typeof value === 'number' ? { value: `${value}` } : { issues: [{ message: 'no' }] }),
  },
};

export async function remote(client: KaggleClient): Promise<void> {
  const embed = kernels.gpu<{ texts: string[] }, number[][]>(client, { file: 'embed.py', entry: 'embed' });
  const vectors: number[][] = await embed(
    { texts: ['a'] },
    { signal, onLog: ({ data }) => console.log(data), key: 'a' },
  );
  // @ts-expect-error not the input
  await embed({ texts: [1] });
  // @ts-expect-error an option of no call
  await embed({ texts: [] }, { onlog: undefined });
  const job: kernels.Job = await embed.start({ texts: [] });
  const later: number[][] = await embed.result(job.id);
  // @ts-expect-error the function must be named
  kernels.gpu(client, { file: 'embed.py' });

  const input = v.object({ texts: v.array(v.string()), size: v.optional(v.number(), 3) });
  const typed = kernels.gpu(client, { text: '', entry: 'f', input, output: v.pipe(v.string(), v.transform(Number)) });
  // The default makes `size` optional, and the transformation makes the result a number.
  const size: number = await typed({ texts: [] });
  // @ts-expect-error not the input of the schema
  await typed({ texts: 'a' });
  // @ts-expect-error not the result of the schema
  const wrong: string = await typed({ texts: [] });
  const text: string = await kernels.gpu(client, { text: '', entry: 'f', input: even, output: even })(2);
  // @ts-expect-error a schema of another type than the one given
  kernels.gpu<string, string>(client, { text: '', entry: 'f', input: even });

  const hello = createKaggle({ token }).kernels.gpu<void, Uint8Array>({ text: '', entry: 'f', machineShape: 'CPU' });
  const bytes: Uint8Array = await hello();
  const unknown: unknown = await kernels.gpu(client, { text: '', entry: 'f' })([1, 'a']);
  const bound = createKaggle({ token }).kernels.gpu({ text: '', entry: 'f', input, output: even });
  const also: string = await bound({ texts: [] });
  // @ts-expect-error also where it is bound
  await bound({ texts: 1 });
  try {
    await hello();
  } catch (error) {
    if (error instanceof kernels.RemoteFunctionError)
      console.log(error.type, error.reason, error.traceback, error.status);
  }
  console.log(vectors, later, size, wrong, text, bytes.length, unknown, also);
}

export function errors(error: unknown): string {
  if (error instanceof RateLimitError) return `wait ${error.retryAfterMs ?? 0} ms`;
  if (error instanceof ApiError) return `${error.code} ${error.status} ${error.method}`;
  if (error instanceof ValidationError) return error.issues.map(({ path, message }) => `${path}: ${message}`).join();
  if (error instanceof KernelFailedError) return `${error.status} ${error.failureMessage} ${error.logTail}`;
  return isKaggleError(error) ? error.name : 'something else';
}

export async function tests(): Promise<void> {
  const emulator = createEmulator();
  const client = createClient({ token, endpoint, fetch: emulator.fetch });
  await client.whoAmI();
  await emulator.reset();
  const { url, storageUrl, close } = await serveEmulator({ port: 0, storagePort: 0 });
  console.log(url, storageUrl);
  await close();
}

/** A custom method and a custom platform. */
export const mine: Method<{ a: number }, { b: string }> = {} as Method<{ a: number }, { b: string }>;
export const platform: Platform = { name: 'memory', concurrency: 2, env: () => undefined };
