import { ApiError, PermissionError, RateLimitError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Journal } from '../../core/transfer/upload/journal.ts';
import { rememberCreated } from './created.ts';
import type { Verb } from './decide.ts';
import { findVersion, sightMade, type Trace } from './find-version.ts';
import { awaitFirstVersion, isFirstInWork } from './first-version.ts';
import {
  type ApiCreateDatasetResponse,
  type ApiDataset,
  createDataset,
  createDatasetVersion,
} from './generated/index.ts';
import { latestVersion, lookUp } from './look-up.ts';
import { notesWith, type Pending } from './pending.ts';
import { type Expected, isOurs } from './recover.ts';
import { explainRefusal, isMadeAllTheSame, isTaken } from './refusals.ts';
import { lookFor, settle } from './settle.ts';
import type { DatasetContent, DatasetOptions, NewDataset, NewVersion } from './types.ts';
import { type Content, newDataset, newVersion } from './version-requests.ts';

export type Wanted = DatasetContent & NewDataset & NewVersion;
export type Settings = DatasetOptions & { signal: AbortSignal };

/** What is to be made, once all files have arrived. */
export interface Job {
  readonly verb: Verb;
  readonly dataset: Wanted;
  readonly content: Content;
  readonly expected: Expected;
  readonly journal: Journal | undefined;
}

/** A version that is there, and the answer of the call that made it, unless nobody got that. */
export interface Made {
  /** `undefined` where it is not known. */
  readonly number: number | undefined;
  readonly created: boolean;
  readonly answer?: ApiCreateDatasetResponse;
  /** By what it is found, where its number is not known. */
  readonly trace?: Trace;
}

/** The call as it is made: what of it can be kept for a later process has a nonce. */
type Call = Omit<Pending, 'nonce'> & { readonly nonce: string | undefined };

/** Makes the call, after noting that it is made. */
export async function makeCall(client: KaggleClient, job: Job, call: Call, settings: Settings): Promise<Made> {
  const { dataset, journal } = job;
  if (call.nonce !== undefined) await journal?.setNote(call);
  try {
    return call.call === 'create'
      ? await create(client, job, call, settings)
      : await version(client, job, call, settings);
  } catch (error) {
    throw explainRefusal(error, call.call, dataset);
  }
}

/** Refused in so many words: nothing was made, and the next run need not wonder. */
async function forget({ journal }: Job, error: unknown): Promise<void> {
  if (!(error instanceof ApiError)) return;
  await journal?.clearNote();
  if (!(error instanceof RateLimitError)) await journal?.refused();
}

async function create(client: KaggleClient, job: Job, call: Call, settings: Settings): Promise<Made> {
  const { dataset, content } = job;
  const { signal, sleep } = settings;
  let lost = false;
  const onLost = () => {
    lost = true;
  };
  const send = () => client.call(createDataset, newDataset(dataset, content), { signal, retry: 0 });
  const look = (now: ApiDataset | undefined) => (now ? 1 : 'waiting');
  try {
    const result = await settle(client, dataset, look, send, { signal, sleep, onLost });
    rememberCreated(client, dataset);
    return { number: 1, created: true, ...('answer' in result && { answer: result.answer }) };
  } catch (error) {
    if (isMadeAllTheSame(error)) {
      client.log(`${dataset.owner}/${dataset.slug} was made, although Kaggle says: ${error.message}`);
      rememberCreated(client, dataset);
      return { number: 1, created: true };
    }
    if (!lost) await forget(job, error);
    if (!isTaken(error) || lost) throw error;
    return versionInstead(client, job, call, error, settings);
  }
}

/** There is a dataset by now, as the refusal of a new one says: another process was faster, or nothing of it showed. */
async function versionInstead(
  client: KaggleClient,
  job: Job,
  call: Call,
  refusal: ApiError,
  settings: Settings,
): Promise<Made> {
  const { verb, dataset, expected } = job;
  const { signal } = settings;
  if (verb === 'create') throw refusal;
  let there = (await lookFor(client, dataset, (now) => now ?? 'waiting', settings))?.made;
  if (there && (await isFirstInWork(client, dataset, there, signal))) {
    there = await awaitFirstVersion(client, dataset, settings);
  }
  if (!there) throw refusal;
  const found = there;
  const next = { ...call, call: 'version' as const, before: latestVersion(found) };
  return makeCall(client, job, next, settings).catch(async (error: unknown) => {
    // The tokens are used: by us, if the dataset is what we wanted to make.
    const ours = isTaken(error) && (await isOurs(client, dataset, found, expected, signal)) === undefined;
    if (ours) return { number: 1, created: true };
    throw error;
  });
}

async function version(client: KaggleClient, job: Job, call: Call, settings: Settings): Promise<Made> {
  const { dataset, content } = job;
  const { signal, sleep } = settings;
  const trace: Trace = { before: call.before, notes: notesWith(dataset.notes ?? '', call.nonce), nonce: call.nonce };
  let lost = false;
  const onLost = () => {
    lost = true;
  };
  const send = () => client.call(createDatasetVersion, newVersion(dataset, content, call.nonce), { signal, retry: 0 });
  const look = (now: ApiDataset | undefined) => sightMade(now, trace);
  const made = async (answer?: ApiCreateDatasetResponse): Promise<Made> => {
    const number = await findVersion(client, dataset, trace, settings);
    return { number, created: false, trace, ...(answer && { answer }) };
  };
  for (let waited = false; ; waited = true) {
    try {
      const result = await settle(client, dataset, look, send, { signal, sleep, onLost });
      if ('answer' in result) return await made(result.answer);
      return { number: result.made === 'unclear' ? undefined : result.made, created: false, trace };
    } catch (error) {
      if (isMadeAllTheSame(error)) return made();
      // Some runtimes send a request again when a connection that was kept breaks: then it is the second that is refused.
      const found = isTaken(error) && !lost ? await lookFor(client, dataset, look, settings) : undefined;
      if (found) return { number: found.made === 'unclear' ? undefined : found.made, created: false, trace };
      const denied = error instanceof PermissionError && !lost && !waited && call.before <= 1;
      if (denied && (await isFirstInWork(client, dataset, await lookUp(client, dataset, { signal }), signal))) {
        await awaitFirstVersion(client, dataset, settings);
        continue;
      }
      if (!lost) await forget(job, error);
      throw error;
    }
  }
}
