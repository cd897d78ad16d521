/** Uses what library.ts does not: the other entries, all services, platforms and errors. */
import * as main from 'kaggle-ts';
import * as browser from 'kaggle-ts/browser';
import * as worker from 'kaggle-ts/browser/worker';
import * as bun from 'kaggle-ts/bun';
import * as cdn from 'kaggle-ts/cdn';
import * as deno from 'kaggle-ts/deno';
import { http } from 'kaggle-ts/http';
import { WebhookError } from 'kaggle-ts/jobs';
import {
  CapacityError,
  fromKernel,
  PartialPushError,
  QuotaError,
  RemoteFunctionError,
  slugify,
} from 'kaggle-ts/kernels';
import * as node from 'kaggle-ts/node';
import { useRun, useRuns } from 'kaggle-ts/react';
import * as abuse from 'kaggle-ts/services/abuse';
import * as admin from 'kaggle-ts/services/admin';
import * as agents from 'kaggle-ts/services/agents';
import * as benchmarks from 'kaggle-ts/services/benchmarks';
import * as blobs from 'kaggle-ts/services/blobs';
import * as common from 'kaggle-ts/services/common';
import * as community from 'kaggle-ts/services/community';
import * as competitions from 'kaggle-ts/services/competitions';
import * as datasets from 'kaggle-ts/services/datasets';
import * as discussions from 'kaggle-ts/services/discussions';
import * as education from 'kaggle-ts/services/education';
import * as kernels from 'kaggle-ts/services/kernels';
import * as licenses from 'kaggle-ts/services/licenses';
import * as models from 'kaggle-ts/services/models';
import * as search from 'kaggle-ts/services/search';
import * as security from 'kaggle-ts/services/security';
import * as tags from 'kaggle-ts/services/tags';
import * as users from 'kaggle-ts/services/users';
import { pyodideExecutor, python3Executor, scriptedExecutor } from 'kaggle-ts/testing';
import { handlers, mock, mockError } from 'kaggle-ts/testing/msw';
import * as workers from 'kaggle-ts/workers';

export const services = {
  abuse,
  admin,
  agents,
  benchmarks,
  blobs,
  common,
  community,
  competitions,
  datasets,
  discussions,
  education,
  kernels,
  licenses,
  models,
  search,
  security,
  tags,
  users,
};

export const clients = () => ({
  node: node.createClient({ platform: node.nodePlatform() }),
  deno: deno.createClient({ platform: deno.denoPlatform() }),
  bun: bun.createClient({ platform: bun.bunPlatform() }),
  workers: workers.createClient({ platform: workers.workersPlatform({ env: { KAGGLE_API_TOKEN: 'x' } }) }),
  browser: browser.createClient({ platform: browser.browserPlatform({ fs: browser.opfs() }) }),
  memory: main.createClient({ platform: main.memoryPlatform() }),
  bound: [node, deno, bun, workers, browser].map(({ createKaggle }) => createKaggle({ token: 'x' })),
});

export const state = [node.folderState('./state'), browser.indexedDbState()];

export const inWorkers = async (bucket: workers.R2BucketLike, namespace: workers.KvNamespaceLike) => ({
  state: workers.kvState(namespace),
  folder: workers.r2Folder(bucket, 'out/'),
  sink: workers.r2Sink(bucket, 'a.csv'),
  target: workers.r2Target(bucket, 'out/'),
  source: await workers.r2Source(bucket, 'a.csv'),
  sources: await workers.r2Sources(bucket, 'in/'),
  hasher: workers.workersHasher('md5'),
  counted: workers.countSubrequests({ limit: 50 }),
});

export const inPages = async (folder: FileSystemDirectoryHandle, file: File) => ({
  files: browser.directoryFiles(() => Promise.resolve(folder)),
  folder: browser.directoryFolder(folder),
  sources: await browser.directorySources(folder),
  source: browser.fileSource(file),
  sink: main.streamSink(new WritableStream<Uint8Array>()),
  dropped: await browser.droppedFiles([file]),
  saved: await browser.savedFiles().load('upload'),
  worker: browser.transferWorker(() => new Worker('worker.js', { type: 'module' })),
  inOneFile: [cdn.createKaggle, worker],
});

export const again = (kernel: Parameters<typeof fromKernel>[0]) => [fromKernel(kernel), slugify('My kernel')];

export const direct = (client: main.KaggleClient) => http(client).get('api/v1/x');

export const hooks = (client: main.KaggleClient) => [useRun(client, 'a/b', { logs: 'live' }), useRuns(client, ['a/b'])];

export const executors = [
  pyodideExecutor(),
  python3Executor(),
  scriptedExecutor((job) => job.onOutput('stdout', 'hi')),
];

export const mocks = (emulator: Parameters<typeof handlers>[0]) => [
  ...handlers(emulator),
  mock(services.kernels.getKernelSessionStatus, () => ({ status: 'COMPLETE' })),
  mockError(services.datasets.getDataset, { status: 404 }),
];

export function explain(error: unknown): string {
  if (error instanceof main.RateLimitError) return `wait ${error.retryAfterMs ?? 0} ms`;
  if (error instanceof RemoteFunctionError) return error.traceback;
  if (error instanceof WebhookError) return String(error.status);
  if (error instanceof PartialPushError || error instanceof CapacityError || error instanceof QuotaError)
    return error.method;
  if (error instanceof main.AuthenticationError || error instanceof main.PermissionError) return String(error.status);
  if (error instanceof main.NotFoundError || error instanceof main.ApiError) return `${error.code} ${error.reason}`;
  if (error instanceof main.IntegrityError || error instanceof main.TransferError) return error.message;
  if (error instanceof main.ValidationError) return error.issues.map(({ path }) => path).join();
  if (error instanceof main.KernelFailedError) return `${error.status} ${error.failureMessage}`;
  if (error instanceof main.ConnectionError) return error.permanent ? 'give up' : 'try again';
  if (error instanceof main.TimeoutError || error instanceof main.MissingCapabilityError) return error.name;
  return main.isKaggleError(error) ? error.name : `kaggle-ts ${main.version}, ${main.KaggleError.name}`;
}
