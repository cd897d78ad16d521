import { KaggleError, TimeoutError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { callFields } from '../../core/rpc/call-fields.ts';
import type { CallOptions, KaggleClient } from '../../core/rpc/client.ts';
import { type Awaited, awaitVersion } from './await-version.ts';
import { getDatasetStatus } from './generated/index.ts';
import { missingFiles, plainFile } from './listed.ts';
import { type DatasetHandle, type DatasetRef, datasetField, formatDatasetRef, parseDatasetRef } from './ref.ts';
import { type WaitOptions, waitFields } from './types.ts';

/**
 * How far Kaggle is with the newest version it knows of: `READY`, `FAILED`, or one of the steps before. Right after a
 * new version it may still be the answer for the one before; `waitUntilReady` tells them apart.
 */
export async function status(client: KaggleClient, dataset: DatasetRef, options: CallOptions = {}): Promise<string> {
  checkCall('datasets.status', client, { dataset, options }, { dataset: datasetField, options: callFields });
  const { owner, slug } = parseDatasetRef(dataset);
  const answer = await client.call(getDatasetStatus, { ownerSlug: owner, datasetSlug: slug }, options);
  return answer.status;
}

/** `awaitVersion` for those to whom a failure is an error. */
export async function awaitReady(
  client: KaggleClient,
  handle: DatasetHandle,
  options: Awaited,
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
 * Waits until a dataset version can be used. With a version number it waits for that version: a READY of the one before
 * does not count. Without one it waits for what is current. READY is not the end for `ready` of what `createOrVersion`
 * gives, nor with the option `files`: every file must be listed as well, as Kaggle's machines see files later.
 *
 * Resolves to `{ status: 'READY', versionNumber }`. Throws `KaggleError` when the processing failed, or files are not
 * listed some three minutes after READY, `TimeoutError` after `timeout` seconds (default 1800), what the API refuses; an
 * abort keeps its reason.
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
