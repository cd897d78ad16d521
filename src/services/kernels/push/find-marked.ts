import type { Int64 } from '../../../core/codec/message.ts';
import { NotFoundError, PermissionError } from '../../../core/errors.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { getKernel } from '../generated/methods.ts';
import { type PushMark, readMark } from './mark.ts';

/** A version whose source has the mark. */
export interface MarkedVersion {
  readonly ref: string;
  readonly versionNumber: number;
  readonly kernelId: Int64;
  readonly mark: PushMark;
  /** Time of its run in milliseconds since 1970, if it is the latest version and Kaggle returned the time. */
  readonly time: number | undefined;
}

/** What to search. */
export interface Search {
  /** `owner/slug` of the kernel. */
  readonly ref: string;
  /** The `id` of the mark. */
  readonly id: string;
  /** Attempts that count. @default all of them */
  readonly nonces?: readonly string[] | undefined;
  /** Searches the versions after this one, also those that Kaggle does not count yet. */
  readonly after?: number | undefined;
  /** Maximum number of versions to search. @default all of them */
  readonly most?: number | undefined;
}

export interface SearchResult {
  readonly found: MarkedVersion | undefined;
  /** Latest version that Kaggle shows; 0 for none. */
  readonly latest: number;
}

/** Marks by kernel id and version: a version never changes, and its source may be large. */
const known = new WeakMap<KaggleClient, Map<string, PushMark | undefined>>();

interface Version extends Omit<MarkedVersion, 'ref' | 'versionNumber' | 'mark'> {
  readonly current: number;
  readonly mark: PushMark | undefined;
}

/** Reads a version and its mark, the latest without a number; `undefined` if it does not exist, or is not shown yet. */
export async function readVersion(
  client: KaggleClient,
  ref: string,
  number: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Version | undefined> {
  const [userName, kernelSlug] = ref.split('/') as [string, string];
  const label = number === undefined ? {} : { versionLabel: `v${number}` };
  try {
    const { blob, metadata } = await client.call(getKernel, { userName, kernelSlug, ...label }, { signal });
    const time = metadata?.lastRunTime?.getTime();
    return {
      kernelId: metadata?.id ?? 0,
      current: Number(metadata?.currentVersionNumber ?? 0),
      mark: readMark(blob?.source ?? ''),
      time: time && time > 0 ? time : undefined,
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof NotFoundError || error instanceof PermissionError) return undefined;
    throw error;
  }
}

/** Searches the versions of a kernel for a mark, the newest first. */
export async function findMarked(
  client: KaggleClient,
  { ref, id, nonces, after, most = Number.POSITIVE_INFINITY }: Search,
  signal: AbortSignal | undefined,
): Promise<SearchResult> {
  const first = await readVersion(client, ref, undefined, signal);
  if (!first) return { found: undefined, latest: 0 };
  const { current: latest, kernelId, time } = first;
  const cache = known.get(client) ?? new Map<string, PushMark | undefined>();
  known.set(client, cache);

  const markOf = async (number: number): Promise<PushMark | undefined | 'absent'> => {
    const name = `${kernelId}/${number}`;
    if (cache.has(name)) return cache.get(name);
    const version = await readVersion(client, ref, number, signal);
    if (!version) return 'absent';
    cache.set(name, version.mark);
    return version.mark;
  };
  const matches = (mark: PushMark | undefined): mark is PushMark =>
    mark?.id === id && (nonces === undefined || nonces.includes(mark.nonce));
  const result = (versionNumber: number, mark: PushMark): SearchResult => ({
    found: { ref, kernelId, versionNumber, mark, time: versionNumber === latest ? time : undefined },
    latest,
  });

  if (latest > 0) cache.set(`${kernelId}/${latest}`, first.mark);
  if (most > 0 && latest > (after ?? 0) && matches(first.mark)) return result(latest, first.mark);
  if (after !== undefined) {
    // The number may lag behind the versions.
    for (let number = latest + 1; ; number++) {
      const mark = await markOf(number);
      if (mark === 'absent') break;
      if (matches(mark)) return result(number, mark);
    }
  }
  for (let number = latest; number > Math.max(after ?? 0, latest - most); number--) {
    const mark = await markOf(number);
    if (mark !== 'absent' && matches(mark)) return result(number, mark);
  }
  return { found: undefined, latest };
}

/**
 * Searches repeatedly, after each of the pauses (seconds), because a saved version may show late. Tolerates a busy server, but not
 * in the last search: without a response it is unknown whether the version exists.
 */
export async function awaitMarked(
  client: KaggleClient,
  searches: readonly Search[],
  pauses: readonly number[],
  signal: AbortSignal | undefined,
): Promise<MarkedVersion | undefined> {
  let failure: unknown;
  if (searches.length === 0) return undefined;
  for (const seconds of pauses) {
    if (seconds > 0) await client.clock.sleep(seconds * 1000, signal);
    failure = undefined;
    for (const search of searches) {
      try {
        const { found } = await findMarked(client, search, signal);
        if (found) return found;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isTransient(error)) throw error;
        failure = error;
      }
    }
  }
  if (failure) throw failure;
  return undefined;
}
