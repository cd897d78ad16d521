import type { Fault } from 'kaggle-ts/testing';
import type { FaultCase } from '../cell.ts';

/** Faults of the calls around a transfer. */
const forever = 10_000;
const calls = (method: string, only: readonly string[]) => (fault: Fault) => ({
  kind: fault.kind,
  rules: [{ match: { method }, ...fault }],
  only,
});
const uploads = ['uploadFile, small'];
const sets = ['createOrVersion, new', 'createOrVersion, a version'];
const start = calls('StartBlobUpload', uploads);
/** Both calls by one rule: each operation makes one of them. */
const make = (fault: Fault): FaultCase => ({
  kind: fault.kind,
  rules: [{ match: { path: '/CreateDataset' }, ...fault }],
  only: sets,
});

/** Each pause doubles: one repetition shows as much as four. */
const once = { retry: 1 };

export const upCalls: Readonly<Record<string, FaultCase>> = {
  'StartBlobUpload: refuse': start({ kind: 'refuse' }),
  'StartBlobUpload: lostAnswer': start({ kind: 'lostAnswer' }),
  'StartBlobUpload: rateLimit with Retry-After': start({ kind: 'rateLimit', seconds: 0.1 }),
  'StartBlobUpload: status 503': start({ kind: 'status', status: 503 }),
  'StartBlobUpload: drop of the response': start({ kind: 'drop', bytes: 10 }),
  'StartBlobUpload: brokenJson': {
    ...start({ kind: 'brokenJson', times: forever }),
    client: once,
    refused: { names: ['ApiError', 'KaggleError', 'TransferError'], message: /JSON|no address/ },
  },
  'StartBlobUpload: html': {
    ...start({ kind: 'html', times: forever }),
    client: once,
    refused: { names: ['ApiError', 'KaggleError', 'TransferError'], message: /web page|JSON|no address/ },
  },
  'StartBlobUpload: empty': {
    ...start({ kind: 'empty', times: forever }),
    client: once,
    refused: { names: ['ApiError', 'KaggleError', 'TransferError'], message: /empty|JSON|no address/ },
  },
  'CreateDataset: refuse': make({ kind: 'refuse' }),
  'CreateDataset: lostAnswer, so the version exists': make({ kind: 'lostAnswer' }),
  'CreateDataset: drop of the request': make({ kind: 'drop', on: 'request' }),
  'CreateDataset: drop of the response': make({ kind: 'drop', bytes: 3 }),
  'CreateDataset: status 503, nothing created': make({ kind: 'status', status: 503 }),
  'CreateDataset: status 502, version created': make({ kind: 'status', status: 502, when: 'after' }),
  'CreateDataset: status 502, version created, twice': {
    ...make({ kind: 'status', status: 502, when: 'after', times: 2 }),
  },
  'CreateDataset: rateLimit': make({ kind: 'rateLimit', seconds: 2 }),
  'CreateDataset: status 503 every time': {
    ...make({ kind: 'status', status: 503, times: forever }),
    refused: { names: ['ApiError'], message: /503/ },
  },
  'CreateDataset: status 400': {
    ...make({ kind: 'status', status: 400 }),
    refused: { names: ['ApiError'], message: /400/ },
  },
};

const files = ['download, small', 'download, into a stream'];
const ask = calls('DownloadDataset', files);
const list = calls('ListKernelSessionOutput', ['kernels.output']);

export const downCalls: Readonly<Record<string, FaultCase>> = {
  'DownloadDataset: refuse': ask({ kind: 'refuse' }),
  'DownloadDataset: lostAnswer': ask({ kind: 'lostAnswer' }),
  'DownloadDataset: status 503': ask({ kind: 'status', status: 503 }),
  'DownloadDataset: rateLimit': ask({ kind: 'rateLimit', seconds: 0.1 }),
  'DownloadDataset: status 404': {
    ...ask({ kind: 'status', status: 404 }),
    refused: { names: ['NotFoundError'], message: /404/ },
  },
  'DownloadDataset: redirectLoop': {
    ...ask({ kind: 'redirectLoop' }),
    client: { retry: 0 },
    refused: { names: ['ConnectionError', 'ApiError'], message: /redirect|no response/i },
  },
  'ListKernelSessionOutput: refuse': list({ kind: 'refuse' }),
  'ListKernelSessionOutput: drop of the response': list({ kind: 'drop', bytes: 20 }),
  'ListKernelSessionOutput: rateLimit': list({ kind: 'rateLimit', seconds: 0.1 }),
  'ListKernelSessionOutput: status 500': list({ kind: 'status', status: 500 }),
  'ListKernelSessionOutput: brokenJson': {
    ...list({ kind: 'brokenJson', times: forever }),
    client: once,
    refused: { names: ['ApiError', 'KaggleError'], message: /JSON/ },
  },
  'ListKernelSessionOutput: html': {
    ...list({ kind: 'html', times: forever }),
    client: once,
    refused: { names: ['ApiError', 'KaggleError'], message: /web page|JSON/ },
  },
};
