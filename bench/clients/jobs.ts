import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Server } from '../server-process.ts';
import { type Client, javascript, official, type Runtime, runtimes } from './index.ts';

/** What a client of a transfer scenario is told to do. */
export interface Job {
  verb: 'upload' | 'download' | 'unzip' | 'outputs';
  url: string;
  owner: string;
  slug: string;
  /** For `download` the file of the dataset, for `upload` the first of the folder, else empty. */
  file: string;
  /** What to upload; `packed` is the same with the CLI's metadata file. */
  folder: string;
  packed: string;
  /** An empty folder for what comes. */
  out: string;
}

/** A client that can be given a job. */
export interface Worker extends Client {
  /** What stands behind the client's own arguments; default: the job as JSON. */
  prepare?(job: Job, server: Server): Promise<string[]>;
}

export const ours: Record<Runtime, Worker> = Object.fromEntries(
  runtimes.map((runtime) => [runtime, javascript(runtime, 'kaggle-ts', 'transfer.mjs', runtime)]),
) as Record<Runtime, Worker>;

export const longPut: Record<Runtime, Worker> = Object.fromEntries(
  runtimes.map((runtime) => [runtime, javascript(runtime, 'one long PUT', 'put.mjs', runtime)]),
) as Record<Runtime, Worker>;

/** `folder`: where they may write what they keep between runs. */
export function cli(folder: string): Worker {
  return official('kaggle CLI', 'cli', folder);
}

export function hub(folder: string): Worker {
  return official('kagglehub', 'hub', folder);
}

const json = ['-H', 'content-type: application/json', '-H', 'authorization: Bearer KGAT_test'];

async function curlArguments(job: Job, server: Server): Promise<string[]> {
  const { verb, url, owner, slug, file, out, folder } = job;
  if (verb === 'upload') {
    const path = join(folder, file);
    const request = { type: 'DATASET', name: file, contentLength: statSync(path).size };
    const { createUrl } = await server.call<{ createUrl: string }>('blobs.BlobApiService/StartBlobUpload', request);
    return ['-o', join(out, 'answer'), '-T', path, createUrl];
  }
  const target = `${url}/api/v1/datasets.DatasetApiService/DownloadDataset`;
  const request = { ownerSlug: owner, datasetSlug: slug, ...(verb === 'download' && { fileName: file }) };
  return ['-L', ...json, '-d', JSON.stringify(request), '-o', join(out, file || 'archive.zip'), target];
}

/** One file up or down by curl: the limit of what a client can do. Of an upload only the PUT, of a download all of it. */
export function curl(): Worker {
  const missing = spawnSync('curl', ['--version']).status === 0 ? {} : { missing: 'no curl' };
  return { name: 'curl', command: 'curl', args: ['-sS', '--fail'], prepare: curlArguments, ...missing };
}

/** curl, and then unzip. */
export function curlAndUnzip(): Worker {
  const missing = spawnSync('unzip', ['-v']).status === 0 ? curl() : { missing: 'no unzip' };
  const script =
    'out=$1; shift; curl -sS --fail "$@" && unzip -q "$out/archive.zip" -d "$out" && rm "$out/archive.zip"';
  return {
    name: 'curl and unzip',
    command: 'sh',
    args: ['-c', script, 'sh'],
    prepare: async (job, server) => [job.out, ...(await curlArguments(job, server))],
    ...('missing' in missing && { missing: missing.missing }),
  };
}
