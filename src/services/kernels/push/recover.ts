import { ApiError, ConnectionError, NotFoundError, PermissionError, TimeoutError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { getKernel } from '../generated/methods.ts';
import type { ApiGetKernelResponse } from '../generated/types.ts';

/** Seconds before each attempt: a saved version may show late. */
const pauses = [1, 3, 6, 12];

/** Whether a push may have been saved although it failed: its response was lost, or is an error of a busy server. */
export function isAmbiguous(error: unknown): error is ApiError | ConnectionError | TimeoutError {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  return error instanceof ApiError && isTransient(error) && error.status !== 429 && error.code !== 429;
}

/**
 * Looks for the version of a push that failed or whose response was lost; Kaggle often returns 5xx for a push that it has accepted.
 * The source of the kernel then contains the mark of the push. Resolves to `undefined` if it does not.
 */
export async function findPushed(
  client: KaggleClient,
  ref: string,
  mark: string,
  signal: AbortSignal | undefined,
): Promise<ApiGetKernelResponse | undefined> {
  const [userName, kernelSlug] = ref.split('/') as [string, string];
  for (const seconds of pauses) {
    await client.clock.sleep(seconds * 1000, signal);
    try {
      const found = await client.call(getKernel, { userName, kernelSlug }, { signal });
      if (found.blob?.source?.includes(mark)) return found;
    } catch (error) {
      signal?.throwIfAborted();
      const absent = error instanceof NotFoundError || error instanceof PermissionError;
      if (!absent && !isTransient(error)) throw error;
    }
  }
  return undefined;
}
