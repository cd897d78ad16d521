import { KaggleError, TimeoutError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type AwaitVersionOptions, awaitVersion } from './await-version.ts';
import { getDatasetStatus } from './generated/index.ts';
import { missingFiles, plainFile } from './listed.ts';
import { type DatasetHandle, type DatasetRef, datasetField, formatDatasetRef, parseDatasetRef } from './ref.ts';
import { type WaitOptions, waitFields } from './types.ts';

/**
 * Returns the processing status of the newest version that Kaggle knows of: `READY`, `FAILED`, or one of the steps before.
 * Right after an upload it may still be the status of the version before; `waitUntilReady` tells them apart.
 *
 * @throws `NotFoundError` or `PermissionError` if the dataset does not exist, is private, or was created a moment ago.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { status } from 'kaggle-ts/datasets';
 *
 * console.log(await status(createClient(), 'alice/my-points'));
 * ```
 */
export async function status(client: KaggleClient, dataset: DatasetRef, options: CallOptions = {}): Promise<string> {
  checkCall('datasets.status', client, { dataset, options }, { dataset: datasetField, options: callFields });
  const { owner, slug } = parseDatasetRef(dataset);
  const answer = await client.call(getDatasetStatus, { ownerSlug: owner, datasetSlug: slug }, options);
  return answer.status;
}

/** `awaitVersion`, but throws if the processing failed. */
export async function awaitReady(
  client: KaggleClient,
  handle: DatasetHandle,
  options: AwaitVersionOptions,
): Promise<{ status: string; versionNumber: number }> {
  const name = formatDatasetRef(handle);
  try {
    const { status, versionNumber, page } = await awaitVersion(client, handle, options);
    if (status === 'READY') return { status, versionNumber };
    const which = handle.version ? `, version ${handle.version}` : '';
    throw new KaggleError(`processing of dataset ${name}${which} ended with status ${status}; see ${page}`);
  } catch (error) {
    if (!(error instanceof TimeoutError) || options.signal?.aborted || client.signal?.aborted) throw error;
    const page = `https://www.kaggle.com/datasets/${name}`;
    const hint = `see ${page}, which shows problems that the API does not report, such as files that are too large`;
    throw new TimeoutError(`${error.message}; ${hint}`, { cause: error });
  }
}

/**
 * Waits until Kaggle has processed a dataset version. If the reference has a version number, it waits for exactly that version;
 * otherwise for the current one. With `files`, it also waits until those files are listed, because Kaggle's machines see files
 * some time after the status is READY.
 *
 * @returns The status, always `READY`, and the number of the version.
 * @throws `KaggleError` if the processing failed, or if files are still not listed about three minutes after READY.
 * @throws `TimeoutError` after `timeout` seconds.
 * @throws `ApiError` if a request fails after all retries.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { waitUntilReady } from 'kaggle-ts/datasets';
 *
 * await waitUntilReady(createClient(), 'alice/my-points/3', { files: ['points.csv'], onStatus: console.log });
 * ```
 */
export async function waitUntilReady(
  client: KaggleClient,
  dataset: DatasetRef,
  options: WaitOptions = {},
): Promise<{ status: string; versionNumber: number }> {
  checkCall('datasets.waitUntilReady', client, { dataset, options }, { dataset: datasetField, options: waitFields });
  const handle = parseDatasetRef(dataset);
  const { files, ...rest } = options;
  return awaitReady(client, handle, { ...rest, missing: missingFiles(client, handle, files?.map(plainFile) ?? []) });
}
