import { ApiError, ConnectionError, TimeoutError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { slugify } from '../../../core/slug/slugify.ts';
import { awaitMarked, type MarkedVersion, type Search } from './find-marked.ts';
import type { PushMark } from './mark.ts';

/** Seconds before each search: a saved version may show late. */
const pauses = [1, 3, 6, 12];
/** Number of versions to search by default: others may have pushed meanwhile. */
const most = 3;

/** Whether a push may have been saved although it failed: its response was lost, or is an error of a busy server. */
export function isAmbiguous(error: unknown): error is ApiError | ConnectionError | TimeoutError {
  if (error instanceof ConnectionError || error instanceof TimeoutError) return true;
  return error instanceof ApiError && isTransient(error) && error.status !== 429 && error.code !== 429;
}

/**
 * The kernels that may have the version of a push, as `owner/slug`. Kaggle saves a new kernel under the slug of its title.
 */
export function placesOf(slug: string, title: string | undefined): string[] {
  const name = title === undefined ? '' : slugify(title);
  return [...new Set([slug, name === '' ? slug : `${slug.split('/')[0]}/${name}`])];
}

/** Where to search for the version of a push. */
export function searchesFor(slug: string, title: string | undefined, { id }: Pick<PushMark, 'id'>): Search[] {
  return placesOf(slug, title).map((ref) => ({ ref, id, most }));
}

/**
 * Searches for the version of a push that failed or whose response was lost; Kaggle often returns 5xx for a push that it has accepted.
 * Resolves to `undefined` if there is none, or if Kaggle cannot tell.
 */
export async function findPushed(
  client: KaggleClient,
  searches: readonly Search[],
  signal: AbortSignal | undefined,
): Promise<MarkedVersion | undefined> {
  try {
    return await awaitMarked(client, searches, pauses, signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isTransient(error)) throw error;
    return undefined;
  }
}
