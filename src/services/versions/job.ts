/**
 * Making exactly one version of files as a pure function: (state, event) -> (state, action). A call whose answer was lost
 * is made again only when looks at what is there do not show its version. See make-version.ts for the effects.
 */

import type { Failure } from './failure.ts';
import { findVersion, type Mark, notesWith, type Sighting } from './find-version.ts';
import type { Pending } from './pending.ts';
import type { Snapshot, Verb, VersionCall } from './versioned.ts';

/** How often it looks, with pauses of half a second, doubled each time, for what may not be shown yet. */
const maxLooks = 5;

/** How often a call is made in all. */
const maxAttempts = 4;

export interface Job {
  readonly verb: Verb;
  /** What the caller says of the version. */
  readonly notes: string;
  /** For the mark of the version; `undefined`: it gets none. */
  readonly nonce: string | undefined;
  /** The call of the same job that an earlier process noted before it ended. */
  readonly pending: Pending | undefined;
}

/**
 * What a look is to tell:
 * - `recover`: has the call of an earlier process worked?
 * - `start`: what is there, before anything is sent?
 * - `search`: does what the owner wants a version of show by now?
 * - `verify`: has the call worked that ended without a clear answer?
 * - `number`: which version was made?
 * - `taken`: what is there, as nothing new can be created?
 * - `denied`: is the first version in work, as another is refused?
 */
export type Question = 'recover' | 'start' | 'search' | 'verify' | 'number' | 'taken' | 'denied';

export interface JobState {
  readonly job: Job;
  readonly question: Question;
  /** Looks taken for it. */
  readonly looks: number;
  /** What the last look showed. */
  readonly found: Snapshot | undefined;
  readonly call: VersionCall;
  readonly mark: Mark;
  /** How often the call was made. */
  readonly attempt: number;
  /** How it ended last. */
  readonly failure: Failure | undefined;
  /** An answer was lost and nothing showed: from then on a refusal does not say that nothing was made. */
  readonly lost: boolean;
  /** The call was already made again after waiting for the first version. */
  readonly waited: boolean;
  /** What a version is made of because nothing new could be created. */
  readonly instead: Snapshot | undefined;
}

export type JobEvent =
  /** `isNew`: this client has just made it, shown or not. */
  | { readonly type: 'seen'; readonly found: Snapshot | undefined; readonly isNew: boolean }
  /** An optional look failed. */
  | { readonly type: 'unseen' }
  | { readonly type: 'checked'; readonly inWork: boolean }
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

/** What a refusal makes worthless of what is kept for the next run: the note of the call, or the tokens of earlier runs too. */
export type Forget = 'note' | 'tokens' | undefined;

/** What is carried out, and answered by an event. */
export type JobEffect =
  /** Look at what is there. `optional`: it may fail. */
  | { readonly type: 'look'; readonly pause?: Pause; readonly optional?: boolean; readonly forget?: Forget }
  /** Is the first version in work? */
  | { readonly type: 'checkFirst'; readonly found: Snapshot }
  /** Wait until it has been processed. */
  | { readonly type: 'awaitFirst' }
  /** Is the credential of the owner? */
  | { readonly type: 'checkOwner' }
  /** Compare the first version with what is to be sent. */
  | { readonly type: 'compareFirst'; readonly found: Snapshot; readonly forget?: Forget }
  | { readonly type: 'upload' }
  /** Use the tokens, after noting it for the process after this one. */
  | { readonly type: 'call'; readonly call: VersionCall; readonly mark: Mark; readonly pause?: Pause };

/** How it ends. */
export type JobEnd =
  | { readonly type: 'done'; readonly number: number | undefined; readonly created: boolean; readonly mark: Mark }
  /** The verb does not fit what is there. */
  | { readonly type: 'wrongVerb'; readonly why: 'exists' | 'missing' }
  /** Whether the call of an earlier process has worked cannot be told. */
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

/** Where a job begins: with a look at what is there. */
export function startJob(job: Job): JobStep {
  const { pending } = job;
  const state: JobState = {
    job,
    question: 'start',
    looks: 0,
    found: undefined,
    call: pending?.call ?? 'create',
    mark: markOf(job, pending?.before ?? 0, pending?.nonce),
    attempt: 1,
    failure: undefined,
    lost: false,
    waited: false,
    instead: undefined,
  };
  return look(state, pending ? 'recover' : 'start');
}

function look(state: JobState, question: Question, forget?: Forget): JobStep {
  return step({ ...state, question, looks: 1 }, { type: 'look', optional: question === 'number', forget });
}

/** Looks again after a pause; `undefined` when it has looked often enough. */
function lookAgain(state: JobState): JobStep | undefined {
  const { looks, question } = state;
  if (looks >= maxLooks) return undefined;
  const pause = { attempt: looks };
  return step({ ...state, looks: looks + 1 }, { type: 'look', pause, optional: question === 'number' });
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

/** What a refusal settles, unless an earlier call may have worked: nothing was made, and the next run need not wonder. */
function forgetAfter({ lost, failure }: JobState): Forget {
  if (lost || !failure || failure.means === 'lost' || failure.means === 'other') return undefined;
  return failure.means === 'limited' ? 'note' : 'tokens';
}

function giveUp(state: JobState): JobStep {
  const { failure, instead: found } = state;
  const forget = forgetAfter(state);
  // The tokens are used: by us, if what is there is what we wanted to create.
  if (found && failure?.means === 'taken') return step(state, { type: 'compareFirst', found, forget });
  return fail(state, forget);
}

/** Sends the files for the call that fits what is there. */
function upload(state: JobState): JobStep {
  const { found, job } = state;
  if (!found && job.verb === 'createVersion') return step(state, { type: 'wrongVerb', why: 'missing' });
  const call = found ? 'version' : 'create';
  const nonce = job.pending?.call === call ? job.pending.nonce : job.nonce;
  return step({ ...state, call, mark: markOf(job, found?.latest ?? 0, nonce) }, { type: 'upload' });
}

/** Goes on when no first version is in work, or it has been waited for. */
function proceed(state: JobState, waited: boolean): JobStep {
  const { found, mark, question } = state;
  if (question === 'start') return upload(state);
  if (question === 'denied') return waited ? call({ ...state, attempt: 1, waited }) : giveUp(state);
  if (!found) return fail(state);
  return call({ ...state, call: 'version', mark: { ...mark, before: found.latest }, attempt: 1, instead: found });
}

function seen(before: JobState, { found, isNew }: JobEvent & { type: 'seen' }): JobStep {
  const state = { ...before, found };
  const { verb } = state.job;
  switch (state.question) {
    case 'start':
      if (verb === 'create' && (found || isNew)) return step(state, { type: 'wrongVerb', why: 'exists' });
      if (found) return step(state, { type: 'checkFirst', found });
      if (isNew) return step(state, { type: 'awaitFirst' });
      return verb === 'createVersion' ? step(state, { type: 'checkOwner' }) : upload(state);
    case 'search':
      return found ? upload(state) : (lookAgain(state) ?? upload(state));
    case 'taken':
      return found ? step(state, { type: 'checkFirst', found }) : (lookAgain(state) ?? fail(state));
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

/** Whether the call shows, as far as that can be told without comparing files. */
function sightingOf({ call, found, mark }: JobState): Sighting {
  if (call === 'version') return findVersion(found, mark);
  return found ? 1 : 'absent';
}

/** After a look for the call of this process. */
function verified(state: JobState): JobStep {
  const sighting = sightingOf(state);
  if (typeof sighting === 'number') return done(state, sighting);
  if (sighting === 'unclear') return done(state, undefined);
  const again = lookAgain(state);
  if (again) return again;
  if (state.question === 'number') return done(state, undefined);
  return state.failure?.means === 'lost' ? callAgain({ ...state, lost: true }) : giveUp(state);
}

/** After a look for the call of an earlier process. */
function recovered(state: JobState): JobStep {
  const { call, found } = state;
  if (call === 'create' && found) return step(state, { type: 'compareFirst', found });
  const sighting = sightingOf(state);
  if (typeof sighting === 'number') return done(state, sighting);
  return lookAgain(state) ?? (sighting === 'absent' ? look(state, 'start') : step(state, { type: 'unclear' }));
}

function failed(before: JobState, failure: Failure): JobStep {
  const state = { ...before, failure };
  const { call, job, lost, mark, waited } = state;
  const { means } = failure;
  if (means === 'made') return call === 'create' ? done(state, 1) : look(state, 'number');
  if (means === 'limited') return callAgain(state, failure.retryAfterMs);
  // Some runtimes send a request again when a connection that was kept breaks: then it is the second that is refused.
  if (means === 'lost' || lost || (means === 'taken' && call === 'version')) return look(state, 'verify');
  if (means === 'taken' && job.verb !== 'create') return look(state, 'taken', forgetAfter(state));
  if (means === 'denied' && call === 'version' && !waited && mark.before <= 1) return look(state, 'denied');
  return giveUp(state);
}

/** What to do after `event`. */
export function nextStep(state: JobState, event: JobEvent): JobStep {
  switch (event.type) {
    case 'seen':
      return seen(state, event);
    case 'unseen':
      return done(state, undefined);
    case 'checked':
      return event.inWork ? step(state, { type: 'awaitFirst' }) : proceed(state, false);
    case 'waited':
      return proceed({ ...state, found: event.found }, true);
    case 'owner':
      return event.isOurs ? look(state, 'search') : upload(state);
    case 'compared':
      if (event.differs === undefined) return done(state, 1, true);
      if (state.question !== 'recover') return fail(state);
      return lookAgain(state) ?? step(state, { type: 'unclear', differs: event.differs });
    case 'uploaded':
      return call(state);
    case 'answered':
      return state.call === 'create' ? done(state, 1) : look(state, 'number');
    case 'failed':
      return failed(state, event.failure);
  }
}
