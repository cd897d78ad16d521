import { NotFoundError, PermissionError, TimeoutError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Snapshot } from '../versions/index.ts';
import { awaitVersion } from './await-version.ts';
import { forgetCreated, isRemembered } from './created.ts';
import { getDatasetStatus } from './generated/index.ts';
import { lookUp } from './look-up.ts';
import { plainStatus } from './readiness.ts';
import { type DatasetHandle, formatDatasetRef } from './ref.ts';
import type { DatasetOptions } from './types.ts';

/** Seconds to wait for a first version by default. */
const defaultTimeout = 1800;

/** Whether the credential belongs to the owner, as far as the server tells. */
export async function isOwner(client: KaggleClient, { owner }: DatasetHandle, signal: AbortSignal): Promise<boolean> {
  try {
    return (await client.whoAmI({ signal })).toLowerCase() === owner.toLowerCase();
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** The status, or `undefined` if it is refused: Kaggle does so for new datasets, and for those of others. */
async function statusOf(client: KaggleClient, { owner, slug }: DatasetHandle, signal: AbortSignal) {
  try {
    const { status } = await client.call(getDatasetStatus, { ownerSlug: owner, datasetSlug: slug }, { signal });
    return plainStatus(status);
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof PermissionError) return undefined;
    throw error;
  }
}

const finalStatuses = new Set(['READY', 'FAILED', 'DELETED']);

/**
 * Whether the first version of a dataset is still being processed. Kaggle then refuses the next one with the same 403 as for
 * datasets of others. These tell the two apart: the status, if it is visible; otherwise whether this client created the dataset
 * or the credential belongs to its owner.
 */
export async function isFirstProcessing(
  client: KaggleClient,
  handle: DatasetHandle,
  found: Snapshot,
  signal: AbortSignal,
): Promise<boolean> {
  const isOurs = isRemembered(client, handle);
  if (found.latest > 1 || plainStatus(found.versions[0]?.status) === 'READY') return false;
  const status = await statusOf(client, handle, signal);
  if (status !== undefined && finalStatuses.has(status)) {
    forgetCreated(client, handle);
    return false;
  }
  if (status !== undefined) return true;
  return isOurs || (await isOwner(client, handle, signal));
}

/**
 * Waits until the first version was processed, and looks the dataset up again. If the processing failed, it stops waiting:
 * Kaggle's response to the next version then decides. Throws `TimeoutError` after `waitForProcessing` seconds, and what
 * `waitUntilReady` throws.
 */
export async function awaitFirstVersion(
  client: KaggleClient,
  handle: DatasetHandle,
  options: DatasetOptions & { signal: AbortSignal },
): Promise<Snapshot | undefined> {
  const { signal, onStatus, waitForProcessing: timeout = defaultTimeout } = options;
  const name = formatDatasetRef(handle);
  const timeoutError = (status: string) =>
    new TimeoutError(
      `cannot create a version of ${name}: Kaggle is still processing its first version${status && ` (${status})`}; try ` +
        `again later, or raise waitForProcessing (now ${timeout} s)`,
    );
  client.log(`${name}: waiting until Kaggle has processed the first version; it rejects another one before that`);
  if (timeout <= 0) throw timeoutError('');
  let last = '';
  const seen = (status: string) => {
    last = status;
    onStatus?.(status);
  };
  try {
    await awaitVersion(client, { ...handle, version: 1 }, { signal, timeout, onStatus: seen });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TimeoutError) throw timeoutError(last);
    // Not visible for minutes: Kaggle's response to the call decides.
    if (!(error instanceof NotFoundError || error instanceof PermissionError)) throw error;
    forgetCreated(client, handle);
  }
  return lookUp(client, handle, signal);
}
