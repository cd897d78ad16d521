import type { ErrorText } from '../../../core/error-text.ts';
import { NotFoundError } from '../../../core/errors.ts';
import { sha256Text } from '../../../core/hash/digest.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { isTransient } from '../../../core/rpc/retry.ts';
import { joinSignals } from '../../../core/transfer/streams.ts';
import { warn } from '../../../core/warn.ts';
import { awaitMarked, findMarked, type MarkedVersion, type Search } from '../push/find-marked.ts';
import { newNonce, type PushMark } from '../push/mark.ts';
import { contentOf, type PreparedPush, type PushOptions, preparePush } from '../push/push.ts';
import { placesOf } from '../push/recover.ts';
import { cancellable, type PushRequest } from '../push/request.ts';
import type { SaveOptions } from '../push/save.ts';
import { resolveRun } from '../run-ref.ts';
import { observe, startTimeout } from '../watch/status.ts';
import type { JobFacts } from './id.ts';
import { pushMarked } from './push-marked.ts';

/** A push that is done at most once. */
export interface Once {
  readonly prepared: PreparedPush;
  /** `owner/slug` of the request. */
  readonly slug: string;
  readonly key: string;
  /** The mark without its nonce. Its `id` is made from slug and key, so that every process has the same. */
  readonly mark: Omit<PushMark, 'nonce'>;
}

/** Latest versions before a push, by `owner/slug` of the kernels that may get its version. */
export type VersionsBefore = Readonly<Record<string, number>>;

/** Options of a push, and what only the functions here use. */
export type OnceOptions = PushOptions & SaveOptions;

/** The `id` of the mark of a push with this key. */
export async function markId(slug: string, key: string): Promise<string> {
  return (await sha256Text(`${slug.toLowerCase()}\n${key}`)).slice(0, 24);
}

/** Checks a request with a slug, and reads its code. */
export async function prepareOnce(
  client: KaggleClient,
  request: PushRequest,
  key: string,
  options: Pick<PushOptions, 'signal'>,
): Promise<Once> {
  const prepared = await preparePush(client, cancellable(request), options);
  const slug = prepared.slug!;
  const [id, content] = await Promise.all([markId(slug, key), contentOf(prepared)]);
  return { prepared, slug, key, mark: { id, content: content.slice(0, 8) } };
}

/**
 * Looks at the kernel before a push: the newest `most` versions for the run of this key, and the latest version, 0 if there is no
 * kernel.
 */
export async function lookUp(
  client: KaggleClient,
  { prepared, slug, mark }: Once,
  most: number,
  signal: AbortSignal | undefined,
): Promise<{ found: MarkedVersion | undefined; before: VersionsBefore }> {
  const before: Record<string, number> = {};
  for (const ref of placesOf(slug, prepared.request.newTitle)) {
    const { found, latest } = await findMarked(client, { ref, id: mark.id, most }, signal);
    if (found) return { found, before };
    before[ref] = latest;
  }
  return { found: undefined, before };
}

/** Where to search for a version that was pushed after others. */
function searchesAfter(before: VersionsBefore, { id }: Once['mark'], nonces?: readonly string[]): Search[] {
  return Object.entries(before).map(([ref, after]) => ({ ref, after, id, nonces }));
}

/**
 * Seconds to search for the version of a push that another process began: a saved version may show late. A process that stopped before
 * it pushed costs the next one this time.
 */
const lateSeconds = 60;

/** Milliseconds by which the clock of the other process may differ. */
const clockDifference = 900_000;

/** Pauses in seconds of that search; a push of long ago is searched once. */
function latePauses(elapsedMs: number, seconds = lateSeconds): number[] {
  const pauses = [0];
  // Clocks of two machines differ by minutes at most.
  let remaining = elapsedMs < clockDifference ? seconds : 0;
  for (let pause = 1; remaining > 0; pause = Math.min(20, pause * 2)) {
    pauses.push(Math.min(pause, remaining));
    remaining -= pause;
  }
  return pauses;
}

/** A push that another process may have sent. */
export interface SentPush {
  readonly before: VersionsBefore;
  /** Time of the last attempt in milliseconds since 1970. */
  readonly at: number;
  /** Attempts that were not refused. @default any */
  readonly nonces?: readonly string[] | undefined;
  /** Seconds to search for its version. @default `lateSeconds` */
  readonly patience?: number | undefined;
}

/** Searches for the version of a push that another process may have sent. */
export function findLate(
  client: KaggleClient,
  { mark }: Once,
  { before, at, nonces, patience }: SentPush,
  signal: AbortSignal | undefined,
): Promise<MarkedVersion | undefined> {
  const pauses = latePauses(client.clock.now() - at, patience);
  return awaitMarked(client, searchesAfter(before, mark, nonces), pauses, signal);
}

/**
 * Whether a version that was found has a run. Kaggle has been observed to save a version without a run if no slot was free. Until
 * `startTimeout` seconds after the push that is `unknown`, as a run starts late.
 */
export async function hasRun(
  client: KaggleClient,
  { ref, versionNumber, time }: MarkedVersion,
  at: number | undefined,
  signal: AbortSignal,
): Promise<boolean | 'unknown'> {
  try {
    const { status } = await observe(client, await resolveRun(client, { ref, versionNumber }, { signal }), { signal });
    if (status !== 'NOT_STARTED') return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!isTransient(error) && !(error instanceof NotFoundError)) throw error;
    if (!(error instanceof NotFoundError)) return 'unknown';
  }
  const since = at ?? time;
  return since !== undefined && client.clock.now() - since > startTimeout * 1000 ? false : 'unknown';
}

/** Warns if a run was started by another request with the same key. */
export function compareContent(
  client: KaggleClient,
  { key, mark }: Once,
  content: string,
  { versionNumber, ref }: Pick<JobFacts, 'versionNumber' | 'ref'>,
  options: OnceOptions,
): void {
  if (content === mark.content) return;
  const message: ErrorText = (option) =>
    `the ${option('key')} ${JSON.stringify(key)} was used for another request: returning the run that it started, version ` +
    `${versionNumber} of ${ref}; use another ${option('key')} to run this request`;
  warn(client, options, message);
}

/** What is known of a run that was found. */
export function factsOf(client: KaggleClient, { key }: Once, found: MarkedVersion, at: number | undefined): JobFacts {
  const { ref, versionNumber, kernelId, time } = found;
  return { ref, versionNumber, kernelId, pushedAt: at ?? time ?? client.clock.now(), key };
}

/** Pushes without a search before it. If the response is lost, the versions after `before` are searched. */
export async function pushNow(
  client: KaggleClient,
  { prepared, key, mark }: Once,
  before: VersionsBefore,
  options: OnceOptions,
  nonce: string = newNonce(),
): Promise<JobFacts> {
  let pushedAt = 0;
  const kernel = await pushMarked(client, prepared, {
    ...options,
    mark: { ...mark, nonce },
    searches: searchesAfter(before, mark),
    ifUnknown: 'Kaggle may have saved the version; start again with the same key, which finds it',
    async beforeSave(current) {
      pushedAt = client.clock.now();
      await options.beforeSave?.(current);
    },
  });
  return { ...kernel, kernelId: kernel.kernelId ?? 0, pushedAt, key };
}

/** What a caller that keeps its own record knows of a push. */
export interface KnownPush {
  readonly key: string;
  /** Latest version of the kernel before the first attempt; 0 for none. @default 0 */
  readonly before?: number | undefined;
  /** Whether an earlier attempt may have been sent, and when, in milliseconds since 1970. @default it was not */
  readonly sentAt?: number | undefined;
}

/**
 * Pushes at most once for a key, for callers that record themselves, before they call it, that they are about to push. With `sentAt` it
 * searches the versions after `before` first. Errors of the push are thrown as they are.
 */
export async function findOrPush(
  client: KaggleClient,
  request: PushRequest,
  { key, before = 0, sentAt }: KnownPush,
  options: OnceOptions = {},
): Promise<JobFacts> {
  const once = await prepareOnce(client, request, key, options);
  const places = placesOf(once.slug, once.prepared.request.newTitle);
  const versions = Object.fromEntries(places.map((ref) => [ref, ref === once.slug ? before : 0]));
  if (sentAt === undefined) return pushNow(client, once, versions, options);
  const signal = joinSignals(client.signal, options.signal);
  const found = await findLate(client, once, { before: versions, at: sentAt }, signal);
  if (!found || !(await hasRun(client, found, sentAt, signal))) return pushNow(client, once, versions, options);
  compareContent(client, once, found.mark.content, found, options);
  return factsOf(client, once, found, sentAt);
}
