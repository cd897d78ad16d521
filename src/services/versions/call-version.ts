import { ApiError, PermissionError, RateLimitError } from '../../core/errors.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import type { Journal } from '../../core/transfer/upload/journal.ts';
import { findVersion, sightMade, type Trace } from './find-version.ts';
import type { VersionOptions } from './options.ts';
import { notesWith, type Pending } from './pending.ts';
import { lookFor, settle } from './settle.ts';
import type { Snapshot, StoredFile, Verb, Versioned } from './versioned.ts';

export type Settings = VersionOptions & { signal: AbortSignal };

/** What is to be made, once all files have arrived. */
export interface Job<Answer> {
  readonly verb: Verb;
  readonly thing: Versioned<Answer>;
  readonly files: readonly StoredFile[];
  readonly journal: Journal | undefined;
}

/** A version that is there, and the answer of the call that made it, unless nobody got that. */
export interface Made<Answer> {
  /** `undefined` where it is not known. */
  readonly number: number | undefined;
  readonly created: boolean;
  readonly answer?: Answer;
  /** By what it is found, where its number is not known. */
  readonly trace?: Trace;
}

/** The call as it is made: what of it can be kept for a later process has a nonce. */
type Call = Omit<Pending, 'nonce'> & { readonly nonce: string | undefined };

/** Makes the call, after noting that it is made. */
export async function makeCall<Answer>(
  client: KaggleClient,
  job: Job<Answer>,
  call: Call,
  settings: Settings,
): Promise<Made<Answer>> {
  const { thing, journal } = job;
  if (call.nonce !== undefined) await journal?.setNote(call);
  try {
    return call.call === 'create'
      ? await create(client, job, call, settings)
      : await version(client, job, call, settings);
  } catch (error) {
    throw thing.explain(error, call.call);
  }
}

/** Refused in so many words: nothing was made, and the next run need not wonder. */
async function forget({ journal }: Job<unknown>, error: unknown): Promise<void> {
  if (!(error instanceof ApiError)) return;
  await journal?.clearNote();
  if (!(error instanceof RateLimitError)) await journal?.refused();
}

async function create<Answer>(
  client: KaggleClient,
  job: Job<Answer>,
  call: Call,
  settings: Settings,
): Promise<Made<Answer>> {
  const { thing, files } = job;
  const { signal, sleep } = settings;
  let lost = false;
  const onLost = () => {
    lost = true;
  };
  const send = () => thing.create(files, signal);
  const look = (now: Snapshot | undefined) => (now ? 1 : 'waiting');
  try {
    const result = await settle(thing, look, send, { signal, sleep, onLost });
    return { number: 1, created: true, ...('answer' in result && { answer: result.answer }) };
  } catch (error) {
    const meaning = thing.meaningOf(error);
    if (meaning === 'made') {
      client.log(`${thing.name} was made, although Kaggle says: ${(error as Error).message}`);
      return { number: 1, created: true };
    }
    if (!lost) await forget(job, error);
    if (meaning !== 'taken' || lost) throw error;
    return versionInstead(client, job, call, error, settings);
  }
}

/** There is one by now, as the refusal of a new one says: another process was faster, or nothing of it showed. */
async function versionInstead<Answer>(
  client: KaggleClient,
  job: Job<Answer>,
  call: Call,
  refusal: unknown,
  settings: Settings,
): Promise<Made<Answer>> {
  const { verb, thing } = job;
  const { signal } = settings;
  if (verb === 'create') throw refusal;
  let there = (await lookFor(thing, (now) => now ?? 'waiting', settings))?.made;
  if (there && (await thing.isFirstInWork(there, signal))) there = await thing.awaitFirst(signal);
  if (!there) throw refusal;
  const found = there;
  const next = { ...call, call: 'version' as const, before: found.latest };
  return makeCall(client, job, next, settings).catch(async (error: unknown) => {
    // The tokens are used: by us, if what is there is what we wanted to make.
    const ours = thing.meaningOf(error) === 'taken' && (await thing.compareFirst(found, signal)) === undefined;
    if (ours) return { number: 1, created: true };
    throw error;
  });
}

async function version<Answer>(
  client: KaggleClient,
  job: Job<Answer>,
  call: Call,
  settings: Settings,
): Promise<Made<Answer>> {
  const { thing, files } = job;
  const { signal, sleep } = settings;
  const trace: Trace = { before: call.before, notes: notesWith(thing.notes, call.nonce), nonce: call.nonce };
  let lost = false;
  const onLost = () => {
    lost = true;
  };
  const send = () => thing.addVersion(files, trace.notes, signal);
  const look = (now: Snapshot | undefined) => sightMade(now, trace);
  const made = async (answer?: Answer): Promise<Made<Answer>> => {
    const number = await findVersion(client, thing, trace, settings);
    return { number, created: false, trace, ...(answer && { answer }) };
  };
  for (let waited = false; ; waited = true) {
    try {
      const result = await settle(thing, look, send, { signal, sleep, onLost });
      if ('answer' in result) return await made(result.answer);
      return { number: result.made === 'unclear' ? undefined : result.made, created: false, trace };
    } catch (error) {
      const meaning = thing.meaningOf(error);
      if (meaning === 'made') return made();
      // Some runtimes send a request again when a connection that was kept breaks: then it is the second that is refused.
      const found = meaning === 'taken' && !lost ? await lookFor(thing, look, settings) : undefined;
      if (found) return { number: found.made === 'unclear' ? undefined : found.made, created: false, trace };
      const denied = error instanceof PermissionError && !lost && !waited && call.before <= 1;
      if (denied && (await isInWork(thing, signal))) {
        await thing.awaitFirst(signal);
        continue;
      }
      if (!lost) await forget(job, error);
      throw error;
    }
  }
}

/** Whether a first version is in work, shown or not. */
async function isInWork(thing: Versioned<unknown>, signal: AbortSignal): Promise<boolean> {
  const found = await thing.lookUp(signal);
  return found ? thing.isFirstInWork(found, signal) : thing.isNew();
}
