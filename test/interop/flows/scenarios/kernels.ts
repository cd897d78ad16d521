import { expect } from 'vitest';
import { getAcceleratorQuotaStatistics, listKernelFiles } from '../../../../src/services/kernels/generated/index.ts';
import type { LogEntry } from '../../../../src/services/kernels/index.ts';
import * as kernels from '../../../../src/services/kernels/index.ts';
import type { Play, Scenario, Scene } from '../scene.ts';
import { expectFile, left, rejects } from './helpers.ts';

const name = 'alice/my-kernel-one';
const plain = { slug: name, newTitle: 'My Kernel One' };

const push =
  (request: Omit<kernels.PushRequest, 'text'>, versionNumber: number, file = 'main.py'): Play =>
  async ({ client, read }) => {
    expect(await kernels.push(client, { text: read(file), ...request })).toMatchObject({ ref: name, versionNumber });
  };

/** What is wrong is said before anything is sent, as the official client does. */
const refused =
  (request: kernels.PushRequest): Play =>
  ({ client }) =>
    rejects(kernels.push(client, { ...plain, text: '1', ...request }), 'ValidationError');

const status =
  (expected: string): Play =>
  async ({ client }) =>
    expect((await kernels.status(client, name)).status).toBe(expected);

const outputNames = ['__notebook__.ipynb', 'model.bin', 'plots/fig 1.png', 'result.csv', 'résumé.txt'];
const log = 'my-kernel-one.log';

const output =
  (names: string[], pattern?: string): Play =>
  async (scene) => {
    const files = await kernels.output(scene.client, name, 'out', { ...(pattern && { pattern }) });
    expect(files.map((file) => file.name)).toEqual([...names, log]);
    for (const file of names) {
      await expectFile(scene, `out/${file}`, `/storage/out/500/${file.split('/').map(encodeURIComponent).join('/')}`);
    }
  };

async function read({ client }: Scene, follow: boolean): Promise<string[]> {
  const entries: LogEntry[] = [];
  for await (const entry of kernels.logs(client, name, { follow })) entries.push(entry);
  return entries.map(({ stream, data }) => `${stream}: ${data}`);
}

const lines = [
  'stdout: start\n',
  'stderr: warning: naïve ☃ Å…\n',
  'stdout: no newline at end',
  'stdout: line a\nline b\n',
];
const readsLog =
  (follow: boolean): Play =>
  async (scene) =>
    expect(await read(scene, follow)).toEqual(lines);

const search = { competition: 'titanic', dataset: 'alice/sample-data', parentKernel: 'bob/other-kernel' };

const quota: Play = async ({ client }) => {
  const { gpuQuota } = await client.call(getAcceleratorQuotaStatistics, {});
  expect(gpuQuota?.timeUsed).toBe(4530.5);
};

export const scenarios: Record<string, Scenario> = {
  quota: [quota, quota, quota],
  'kernels-init-push': [
    left('writes a template without a request'),
    push(plain, 1),
    push(
      {
        slug: name,
        newTitle: 'Another Title',
        kernelType: 'notebook',
        isPrivate: false,
        enableGpu: true,
        enableTpu: true,
        enableInternet: false,
        datasetDataSources: ['alice/sample-data', 'bob/nope'],
        competitionDataSources: ['titanic'],
        kernelDataSources: ['bob/other-kernel'],
        modelDataSources: ['alice/sample-model/pyTorch/small/1'],
        categoryIds: ['gpu'],
        dockerImage: 'img:1',
        dockerImagePinningType: 'original',
        sessionTimeoutSeconds: 600,
        machineShape: 'NvidiaTeslaP100',
        allowSlugMismatch: true,
        allowInvalidSources: true,
      },
      2,
      'nb.ipynb',
    ),
    push({ id: 500 }, 3),
    push({ ...plain, kernelType: 'notebook', language: 'rmarkdown' }, 4, 'nb.ipynb'),
    refused({ newTitle: 'abc' }),
    refused({ language: 'cobol' as 'python' }),
    refused({ kernelType: 'app' as 'script' }),
    refused({ slug: 'alice/abc', newTitle: undefined }),
    refused({ slug: 'alice/my-kernel-one/3' }),
    refused({ datasetDataSources: ['nope'] }),
    left('`push` takes the text, so there is no missing code file'),
    refused({ isPrivate: 'maybe' as unknown as boolean }),
    refused({ isPrivate: 1 as unknown as boolean }),
    refused({ dockerImagePinningType: 'oldest' as 'latest' }),
    refused({ modelDataSources: ['alice/model'] }),
    push({ slug: 'my-kernel-one', newTitle: 'My Kernel One' }, 5),
    left('an ID may be a string here: 64-bit numbers are numbers or decimal strings'),
  ],
  'kernels-run': [
    push(plain, 1),
    status('QUEUED'),
    status('RUNNING'),
    status('COMPLETE'),
    output(outputNames),
    output(outputNames),
    output(['result.csv'], '\\.csv$'),
    ({ client }) =>
      client.call(listKernelFiles, { userName: 'alice', kernelSlug: 'my-kernel-one', pageSize: 20, pageToken: '' }),
    readsLog(false),
    readsLog(true),
    readsLog(true),
    readsLog(true),
    ({ client }) => kernels.list(client, { group: 'PROFILE', pageSize: 20 }).all(),
    ({ client }) =>
      kernels
        .list(client, {
          ...search,
          group: 'EVERYONE',
          kernelType: 'notebook',
          language: 'python',
          outputType: 'data',
          search: 'x',
          sortBy: 'DATE_RUN',
          user: 'alice',
          pageSize: 5,
        })
        .all(),
    ({ client }) => kernels.get(client, name),
    ({ client }) => kernels.get(client, `${name}/1`),
    ({ client }) => kernels.remove(client, name),
    ({ client }) => rejects(kernels.status(client, name), 'PermissionError'),
  ],
  'kernels-logs-follow-drops': [
    push(plain, 1),
    readsLog(true),
    (scene) => rejects(read(scene, true), 'ConnectionError'),
  ],
  'kernels-output-403': [
    push(plain, 1),
    ({ client }) => rejects(kernels.output(client, name, 'out'), 'TransferError', /result\.csv/),
  ],
  'kernels-status-error': [push(plain, 1), status('ERROR')],
};
