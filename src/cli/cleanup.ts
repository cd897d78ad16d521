import { NotFoundError, PermissionError } from '../core/errors.ts';
import type { KaggleClient } from '../core/rpc/client.ts';
import { sleep } from '../core/sleep.ts';
import { deleteDataset } from '../services/datasets/generated/index.ts';
import { get as getDataset } from '../services/datasets/index.ts';
import { get as getKernel, remove } from '../services/kernels/index.ts';
import { Mismatch } from './steps.ts';

/** Kaggle also returns 403 for what does not exist. */
function isAbsence(error: unknown): boolean {
  return error instanceof NotFoundError || error instanceof PermissionError;
}

async function exists(get: () => Promise<unknown>): Promise<boolean> {
  try {
    await get();
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Milliseconds between two requests: a creation or deletion may take a moment to show. */
const pauses = [300, 700, 1500, 3000, 6000];

/**
 * Deletes what `get` finds, and verifies the deletion. Finding nothing is not an error. An interrupted call may still have
 * created something, so `get` is called more than once.
 */
async function deleteIfExists(
  get: () => Promise<unknown>,
  remove: () => Promise<unknown>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let found = await exists(get);
  for (const pause of pauses.slice(0, 3)) {
    if (found) break;
    await sleep(pause, signal);
    found = await exists(get);
  }
  if (!found) return;
  await remove();
  for (const pause of pauses) {
    if (!(await exists(get))) return;
    await sleep(pause, signal);
  }
  throw new Mismatch(`${name} still exists after it was deleted`);
}

/** Deletes a dataset with all its versions, and verifies the deletion. */
export async function cleanUpDataset(
  client: KaggleClient,
  owner: string,
  slug: string,
  signal?: AbortSignal,
): Promise<void> {
  await deleteIfExists(
    () => getDataset(client, { owner, slug }, { signal }),
    () => client.call(deleteDataset, { ownerSlug: owner, datasetSlug: slug }, { signal }),
    `the dataset ${owner}/${slug}`,
    signal,
  );
}

/** Deletes a kernel with all its versions, and verifies the deletion. */
export async function cleanUpKernel(client: KaggleClient, ref: string, signal?: AbortSignal): Promise<void> {
  await deleteIfExists(
    () => getKernel(client, ref, { signal }),
    () => remove(client, ref, { signal }),
    `the kernel ${ref}`,
    signal,
  );
}
