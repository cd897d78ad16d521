/**
 * Creating exactly one version as a pure function: (state, event) -> (state, action). A call whose response was lost is
 * repeated only if look-ups do not show its version. See make-version.ts for the effects.
 */

import type { Failure } from './failure.ts';
import { findVersion, type Mark, notesWith, type SearchResult } from './find-version.ts';
import type { Pending } from './pending.ts';
import type { Snapshot, Verb, VersionCall } from './versioned.ts';

/** How often it looks something up that may not be visible yet. The pauses start at half a second and double. */
const maxLookUps = 5;

/** How often it makes a call in total. */
const maxAttempts = 4;

export interface Job {
  readonly verb: Verb;
  /** The caller's notes of the version. */
  readonly notes: string;
  /** Part of the marker in the notes; `undefined` for no marker. */
  readonly nonce: string | undefined;
  /** The call of the same job that an earlier process recorded before it stopped. */
  readonly pending: Pending | undefined;
}

/**
 * What a look-up is to answer:
 * - `recover`: did the call of an earlier process succeed?
 * - `start`: what exists before anything is sent?
 * - `search`: is the owner's dataset visible by now?
 * - `verify`: did a call succeed whose response was lost?
 * - `number`: which version was created?
 * - `taken`: what exists, as nothing new can be created?
 * - `denied`: is the first version still being processed, as another is refused?
 */
export type Question = 'recover' | 'start' | 'search' | 'verify' | 'number' | 'taken' | 'denied';

export interface JobState {
  readonly job: Job;
  readonly question: Question;
  /** Look-ups for this question so far. */
  readonly lookUps: number;
  /** Result of the last look-up. */
  readonly found: Snapshot | undefined;
  readonly call: VersionCall;
  readonly mark: Mark;
  /** How often the call was made. */
  readonly attempt: number;
  /** How the call failed last. */
  readonly failure: Failure | undefined;
  /** A response was lost and no version showed: from then on a refusal does not prove that nothing was created. */
  readonly answerLost: boolean;
  /** The call was already repeated after waiting for the first version. */
  readonly retriedAfterWait: boolean;
  /** The existing dataset that gets a version because a new one could not be created. */
  readonly fallback: Snapshot | undefined;
}

export type JobEvent =
  /** `isNew`: this client has just created it, visible or not. */
  | { readonly type: 'lookedUp'; readonly found: Snapshot | undefined; readonly isNew: boolean }
  /** An optional look-up failed. */
  | { readonly type: 'lookUpFailed' }
  | { readonly type: 'checked'; readonly processing: boolean }
  | { readonly type: 'waited'; readonly found: Snapshot | undefined }
  | { readonly type: 'owner'; readonly isOurs: boolean }
  | { readonly type: 'compared'; readonly differs: string | undefined }
  | { readonly type: 'uploaded' }
  | { readonly type: 'answered' }
  | { readonly type: 'failed'; readonly failure: Failure };

export interface Pause {
  readonly attempt: number;
  readonly retryAfterMs?: number | undefined;
}

/** What a refusal makes useless for the next run: the record of the call, or the tokens of earlier runs too. */
export type Forget = 'note' | 'tokens' | undefined;

/** An effect to perform; its result is an event. */
export type JobEffect =
  /** Look up what exists. `optional`: it may fail. */
  | { readonly type: 'lookUp'; readonly pause?: Pause; readonly optional?: boolean; readonly forget?: Forget }
  /** Check whether the first version is still being processed. */
  | { readonly type: 'checkFirst'; readonly found: Snapshot }
  /** Wait until it was processed. */
  | { readonly type: 'awaitFirst' }
  /** Check whether the credential belongs to the owner. */
  | { readonly type: 'checkOwner' }
  /** Compare the first version with the files to upload. */
  | { readonly type: 'compareFirst'; readonly found: Snapshot; readonly forget?: Forget }
  | { readonly type: 'upload' }
  /** Use the tokens, after recording the call for the next process. */
  | { readonly type: 'call'; readonly call: VersionCall; readonly mark: Mark; readonly pause?: Pause };

/** How a job ends. */
export type JobEnd =
  | { readonly type: 'done'; readonly number: number | undefined; readonly created: boolean; readonly mark: Mark }
  /** The verb does not fit what exists. */
  | { readonly type: 'wrongVerb'; readonly why: 'exists' | 'missing' }
  /** It is unclear whether the call of an earlier process succeeded. */
  | { readonly type: 'unclear'; readonly differs?: string }
  | { readonly type: 'fail'; readonly error: unknown; readonly call: VersionCall; readonly forget?: Forget };

export type JobAction = JobEffect | JobEnd;

export interface JobStep {
  readonly state: JobState;
  readonly action: JobAction;
}

const step = (state: JobState, action: JobAction): JobStep => ({ state, action });

function markOf({ notes }: Job, before: number, nonce: string | undefined): Mark {
  return { before, notes: notesWith(notes, nonce), nonce };
}

/** The first step: look up what exists. */
export function startJob(job: Job): JobStep {
  const { pending } = job;
  const state: JobState = {
    job,
    question: 'start',
    lookUps: 0,
    found: undefined,
    call: pending?.call ?? 'create',
    mark: markOf(job, pending?.before ?? 0, pending?.nonce),
    attempt: 1,
    failure: undefined,
    answerLost: false,
    retriedAfterWait: false,
    fallback: undefined,
  };
  return lookUp(state, pending ? 'recover' : 'start');
}

function lookUp(state: JobState, question: Question, forget?: Forget): JobStep {
  return step({ ...state, question, lookUps: 1 }, { type: 'lookUp', optional: question === 'number', forget });
}

/** Repeats the look-up after a pause; `undefined` after `maxLookUps`. */
function lookUpAgain(state: JobState): JobStep | undefined {
  const { lookUps, question } = state;
  if (lookUps >= maxLookUps) return undefined;
  const pause = { attempt: lookUps };
  return step({ ...state, lookUps: lookUps + 1 }, { type: 'lookUp', pause, optional: question === 'number' });
}

function call(state: JobState, pause?: Pause): JobStep {
  return step(state, { type: 'call', call: state.call, mark: state.mark, pause });
}

function callAgain(state: JobState, retryAfterMs?: number): JobStep {
  const { attempt } = state;
  if (attempt >= maxAttempts) return giveUp(state);
  return call({ ...state, attempt: attempt + 1 }, { attempt, retryAfterMs });
}

function done(state: JobState, number: number | undefined, created: boolean = state.call === 'create'): JobStep {
  return step(state, { type: 'done', number, created, mark: state.mark });
}

function fail(state: JobState, forget?: Forget): JobStep {
  return step(state, { type: 'fail', error: state.failure?.error, call: state.call, forget });
}

/** What a refusal proves useless, unless an earlier call may have succeeded. */
function forgetAfter({ answerLost, failure }: JobState): Forget {
  if (answerLost || !failure || failure.kind === 'lost' || failure.kind === 'other') return undefined;
  return failure.kind === 'rateLimited' ? 'note' : 'tokens';
}

function giveUp(state: JobState): JobStep {
  const { failure, fallback: found } = state;
  const forget = forgetAfter(state);
  // The tokens are used: by us, if the existing version is the one we wanted to create.
  if (found && failure?.kind === 'taken') return step(state, { type: 'compareFirst', found, forget });
  return fail(state, forget);
}

/** Uploads the files for the call that fits what exists. */
function upload(state: JobState): JobStep {
  const { found, job } = state;
  if (!found && job.verb === 'createVersion') return step(state, { type: 'wrongVerb', why: 'missing' });
  const call = found ? 'version' : 'create';
  const nonce = job.pending?.call === call ? job.pending.nonce : job.nonce;
  return step({ ...state, call, mark: markOf(job, found?.latest ?? 0, nonce) }, { type: 'upload' });
}

/** Continues when no first version is being processed. `waited`: after waiting for it. */
function proceed(state: JobState, waited: boolean): JobStep {
  const { found, mark, question } = state;
  if (question === 'start') return upload(state);
  if (question === 'denied') return waited ? call({ ...state, attempt: 1, retriedAfterWait: true }) : giveUp(state);
  if (!found) return fail(state);
  return call({ ...state, call: 'version', mark: { ...mark, before: found.latest }, attempt: 1, fallback: found });
}

function afterLookUp(before: JobState, { found, isNew }: JobEvent & { type: 'lookedUp' }): JobStep {
  const state = { ...before, found };
  const { verb } = state.job;
  switch (state.question) {
    case 'start':
      if (verb === 'create' && (found || isNew)) return step(state, { type: 'wrongVerb', why: 'exists' });
      if (found) return step(state, { type: 'checkFirst', found });
      if (isNew) return step(state, { type: 'awaitFirst' });
      return verb === 'createVersion' ? step(state, { type: 'checkOwner' }) : upload(state);
    case 'search':
      return found ? upload(state) : (lookUpAgain(state) ?? upload(state));
    case 'taken':
      return found ? step(state, { type: 'checkFirst', found }) : (lookUpAgain(state) ?? fail(state));
    case 'denied':
      if (found) return step(state, { type: 'checkFirst', found });
      return isNew ? step(state, { type: 'awaitFirst' }) : giveUp(state);
    case 'recover':
      return recovered(state);
    case 'verify':
    case 'number':
      return verified(state);
  }
}

/** What the look-up says about our version, without comparing files. */
function searchResult({ call, found, mark }: JobState): SearchResult {
  if (call === 'version') return findVersion(found, mark);
  return found ? 1 : 'absent';
}

/** After a look-up for the call of this process. */
function verified(state: JobState): JobStep {
  const result = searchResult(state);
  if (typeof result === 'number') return done(state, result);
  if (result === 'unclear') return done(state, undefined);
  const again = lookUpAgain(state);
  if (again) return again;
  if (state.question === 'number') return done(state, undefined);
  return state.failure?.kind === 'lost' ? callAgain({ ...state, answerLost: true }) : giveUp(state);
}

/** After a look-up for the call of an earlier process. */
function recovered(state: JobState): JobStep {
  const { call, found } = state;
  if (call === 'create' && found) return step(state, { type: 'compareFirst', found });
  const result = searchResult(state);
  if (typeof result === 'number') return done(state, result);
  return lookUpAgain(state) ?? (result === 'absent' ? lookUp(state, 'start') : step(state, { type: 'unclear' }));
}

function failed(before: JobState, failure: Failure): JobStep {
  const state = { ...before, failure };
  const { call, job, answerLost, mark, retriedAfterWait } = state;
  const { kind } = failure;
  if (kind === 'succeeded') return call === 'create' ? done(state, 1) : lookUp(state, 'number');
  if (kind === 'rateLimited') return callAgain(state, failure.retryAfterMs);
  // Some runtimes resend a request when a kept-alive connection breaks: then the second one is refused.
  if (kind === 'lost' || answerLost || (kind === 'taken' && call === 'version')) return lookUp(state, 'verify');
  if (kind === 'taken' && job.verb !== 'create') return lookUp(state, 'taken', forgetAfter(state));
  if (kind === 'denied' && call === 'version' && !retriedAfterWait && mark.before <= 1) return lookUp(state, 'denied');
  return giveUp(state);
}

/** The next step after `event`. */
export function advanceJob(state: JobState, event: JobEvent): JobStep {
  switch (event.type) {
    case 'lookedUp':
      return afterLookUp(state, event);
    case 'lookUpFailed':
      return done(state, undefined);
    case 'checked':
      return event.processing ? step(state, { type: 'awaitFirst' }) : proceed(state, false);
    case 'waited':
      return proceed({ ...state, found: event.found }, true);
    case 'owner':
      return event.isOurs ? lookUp(state, 'search') : upload(state);
    case 'compared':
      if (event.differs === undefined) return done(state, 1, true);
      if (state.question !== 'recover') return fail(state);
      return lookUpAgain(state) ?? step(state, { type: 'unclear', differs: event.differs });
    case 'uploaded':
      return call(state);
    case 'answered':
      return state.call === 'create' ? done(state, 1) : lookUp(state, 'number');
    case 'failed':
      return failed(state, event.failure);
  }
}
