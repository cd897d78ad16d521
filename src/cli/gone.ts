import { NotFoundError, PermissionError } from '../core/errors.ts';
import type { KaggleClient } from '../core/rpc/client.ts';
import { sleep } from '../core/sleep.ts';
import { deleteDataset } from '../services/datasets/generated/index.ts';
import { get as getDataset } from '../services/datasets/index.ts';
import { get as getKernel, remove } from '../services/kernels/index.ts';
import { Mismatch } from './steps.ts';

/** Kaggle answers 403 for what does not exist, too. */
function isAbsence(error: unknown): boolean {
  return error instanceof NotFoundError || error instanceof PermissionError;
}

async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Milliseconds between two looks: what was made or deleted may take a moment to show. */
const pauses = [300, 700, 1500, 3000, 6000];

/**
 * Deletes what `look` finds, and makes sure. Nothing there is fine, for it may never have come to be; but a call that
 * was interrupted may still have worked, so it is looked for more than once.
 */
async function deleteIfThere(
  look: () => Promise<unknown>,
  act: () => Promise<unknown>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  let there = await isThere(look);
  for (const pause of pauses.slice(0, 3)) {
    if (there) break;
    await sleep(pause, signal);
    there = await isThere(look);
  }
  if (!there) return;
  await act();
  for (const pause of pauses) {
    if (!(await isThere(look))) return;
    await sleep(pause, signal);
  }
  throw new Mismatch(`${name} is still there`);
}

/** Deletes a dataset with all its versions, and makes sure. */
export async function dropDataset(
  client: KaggleClient,
  owner: string,
  slug: string,
  signal?: AbortSignal,
): Promise<void> {
  await deleteIfThere(
    () => getDataset(client, { owner, slug }, { signal }),
    () => client.call(deleteDataset, { ownerSlug: owner, datasetSlug: slug }, { signal }),
    `the dataset ${owner}/${slug}`,
    signal,
  );
}

/** Deletes a kernel with all its versions, and makes sure. */
export async function dropKernel(client: KaggleClient, ref: string, signal?: AbortSignal): Promise<void> {
  await deleteIfThere(
    () => getKernel(client, ref, { signal }),
    () => remove(client, ref, { signal }),
    `the kernel ${ref}`,
    signal,
  );
}
