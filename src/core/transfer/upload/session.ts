/**
 * A resumable upload session as a pure function: (state, event) -> (state, action). The only truth about how far it is
 * is what the storage says it holds. Everything that takes time or can fail is an event; see upload.ts for the effects.
 */

/** Where the bytes of one file go, and the token that stands for them afterwards. */
export interface UploadSession {
  token: string;
  createUrl: string;
}

export interface SessionLimits {
  /** Bytes of one request; a file up to this size goes in one. A multiple of 256 KiB, or Infinity for all that is left. */
  readonly partSize: number;
  /** How often in a row it may fail without the storage holding more than before. */
  readonly failures: number;
  /** How many sessions one upload may use up. */
  readonly sessions: number;
}

export const defaultLimits: SessionLimits = { partSize: 8 * 2 ** 20, failures: 8, sessions: 4 };

export interface SessionState {
  /** Bytes of the file. */
  readonly size: number;
  readonly limits: SessionLimits;
  /** Bytes from the start that the storage holds. */
  readonly committed: number;
  /** Bytes of the next request. */
  readonly partSize: number;
  /** The end of the request that is under way. */
  readonly sending: number;
  /** The end of what was sent in this session, whether or not it arrived. */
  readonly sent: number;
  /** The most that this session ever held: only more than that is progress. */
  readonly best: number;
  /** Failures since the last progress. */
  readonly failures: number;
  /** Sessions used up. */
  readonly expired: number;
  /** The session is of an earlier process, and nothing that helps was heard of it yet. */
  readonly inherited: boolean;
}

/** What any event may change. */
interface RequestReport {
  /** How many bytes the next request is to have, where that changes. */
  readonly partSize?: number;
  /** The end of what may have been sent, where that was not all of the request. */
  readonly sent?: number;
}

export type SessionEvent = RequestReport & Occurrence;

type Occurrence =
  | { readonly type: 'opened' }
  | {
      readonly type: 'answer';
      readonly to: 'send' | 'query';
      readonly status: number;
      /** Of a 308: bytes held, 0 without a Range header, `undefined` if that could not be read. Of a 200: bytes of the object, if it says so. */
      readonly stored?: number;
      readonly retryAfterMs?: number;
      /** Of an error: what the storage says; default `HTTP` and the status. */
      readonly message?: string;
      /** Of a 200: it does not look like the storage's: a web page, or nothing of the object that it stored. */
      readonly suspect?: 'page' | 'bare';
    }
  /** No answer: the connection broke, or nothing moved for too long. */
  | { readonly type: 'lost' };

export interface Pause {
  /** 1 for the first pause since the last progress. */
  readonly attempt: number;
  readonly retryAfterMs?: number;
}

export type SessionAction =
  | { readonly type: 'open'; readonly pause?: Pause }
  /** Send the bytes from `from` to `to`; `ranged`: with a Content-Range. */
  | {
      readonly type: 'send';
      readonly from: number;
      readonly to: number;
      readonly ranged: boolean;
      readonly pause?: Pause;
    }
  /** Ask how much the storage holds. */
  | { readonly type: 'query'; readonly pause?: Pause }
  | { readonly type: 'done' }
  /** `final`: going on with the session later would end the same way. */
  | { readonly type: 'fail'; readonly message: string; readonly final: boolean };

export interface SessionStep {
  readonly state: SessionState;
  readonly action: SessionAction;
}

/** Where an upload of `size` bytes begins: opening a session. */
export function startSession(size: number, limits: SessionLimits = defaultLimits): SessionStep {
  const state = {
    size,
    limits,
    committed: 0,
    partSize: limits.partSize,
    sending: 0,
    sent: 0,
    best: 0,
    failures: 0,
    expired: 0,
    inherited: false,
  };
  return { state, action: { type: 'open' } };
}

/** Where it begins when an earlier process opened the session: asking what became of it. All may have been sent. */
export function resumeSession(size: number, limits: SessionLimits = defaultLimits): SessionStep {
  const { state } = startSession(size, limits);
  return { state: { ...state, sent: size, inherited: true }, action: { type: 'query' } };
}

function fail(state: SessionState, message: string, final = true): SessionStep {
  return { state, action: { type: 'fail', message, final } };
}

function send(state: SessionState, pause?: Pause): SessionStep {
  const { committed: from, size, partSize } = state;
  const to = Math.min(size, from + partSize);
  const ranged = from > 0 || to < size;
  return { state: { ...state, sending: to }, action: { type: 'send', from, to, ranged, pause } };
}

/** Counts a failure; `next` says how to go on if that was not one too many. */
function failed(state: SessionState, why: string, next: (state: SessionState) => SessionStep): SessionStep {
  const failures = state.failures + 1;
  // What an earlier process left may be at an address that no longer exists: retrying there would end every run the same way.
  if (state.inherited && failures > state.limits.failures / 2) return reopen({ ...state, failures: 0 }, state.expired);
  if (failures <= state.limits.failures) return next({ ...state, failures });
  const { committed, size } = state;
  const message = `${why}, ${failures} times in a row without progress (${committed} of ${size} bytes are stored)`;
  return fail(state, message, false);
}

function query(state: SessionState, pause?: Pause): SessionStep {
  return { state, action: { type: 'query', pause } };
}

function incomplete(before: SessionState, stored: number, to: 'send' | 'query'): SessionStep {
  if (stored > before.sent)
    return fail(before, `the storage reports ${stored} bytes, but only ${before.sent} were sent`);
  const progress = stored > before.best;
  const state = {
    ...before,
    committed: stored,
    best: Math.max(before.best, stored),
    failures: progress ? 0 : before.failures,
  };
  if (stored === state.size && state.size > 0) {
    // All is there, yet the object is not finished: only asking again can tell.
    return failed(state, 'the storage has all bytes but did not finalize the upload', (next) =>
      query(next, { attempt: next.failures }),
    );
  }
  if (progress || to === 'query') return send(state);
  return failed(state, 'the storage did not store any of the data sent', (next) =>
    send(next, { attempt: next.failures }),
  );
}

/** A session that is of no use any more is replaced by a new one, in which nothing is stored yet. */
function reopen(state: SessionState, expired: number, pause?: Pause): SessionStep {
  const fresh = { ...state, committed: 0, sending: 0, sent: 0, best: 0, expired, inherited: false };
  return { state: fresh, action: { type: 'open', pause } };
}

function answered(before: SessionState, event: SessionEvent & { type: 'answer' }): SessionStep {
  const { status, stored, retryAfterMs, to, message = `HTTP ${status}` } = event;
  if (status === 308 && before.inherited && stored !== undefined && stored > before.size) return reopen(before, 0);
  // One that says how to go on is like a session of our own.
  const helps = status === 308 && stored !== undefined && stored < before.size;
  const state = helps ? { ...before, inherited: false } : before;
  if (status === 200 || status === 201) {
    // Not every 200 comes from the storage. Asked what it holds it says so; a bare answer is then taken as it is.
    if (event.suspect === 'page' || (event.suspect && to === 'send'))
      return failed(state, 'the response did not come from the storage (a proxy may have answered)', (next) =>
        query(next, next.failures > 1 ? { attempt: next.failures - 1 } : undefined),
      );
    if (stored !== undefined && stored !== state.size) {
      // An earlier process may have sent another content.
      if (state.inherited) return reopen(state, state.expired);
      return fail(state, `the stored object has ${stored} bytes, expected ${state.size}`);
    }
    if (state.sent >= state.size) return { state: { ...state, committed: state.size }, action: { type: 'done' } };
    return fail(state, `the storage reports a complete upload after ${state.sent} of ${state.size} bytes`);
  }
  if (status === 308 && stored !== undefined) return incomplete(state, stored, to);
  if (status === 404 || status === 410) {
    const expired = state.expired + 1;
    if (expired >= state.limits.sessions)
      return fail(state, `the upload session expired ${expired} times (${message})`);
    const pause = expired > 1 ? { attempt: expired - 1 } : undefined;
    return reopen(state, expired, pause);
  }
  if (status === 308 || status === 408 || status === 429 || status >= 500) {
    // Some of it may have been kept: ask before sending again.
    const why = status === 308 ? 'the storage sent an invalid Range header' : message;
    return failed(state, why, (next) => query(next, { attempt: next.failures, retryAfterMs }));
  }
  if (status === 400 && to === 'send' && state.committed > 0 && state.failures === 0) {
    // So it answers to bytes that do not follow what it holds: it may hold less than it said.
    return failed(state, 'HTTP 400', query);
  }
  // What an earlier process left may be refused in any way: it is no reason to fail.
  if (state.inherited) return reopen(state, state.expired);
  return fail(state, message);
}

/** What to do after `event`. */
export function advance(before: SessionState, event: SessionEvent): SessionStep {
  const sent = Math.max(before.sent, event.sent ?? before.sending);
  const state = { ...before, sent, sending: 0, partSize: event.partSize ?? before.partSize };
  if (event.type === 'opened') return send(state);
  if (event.type === 'answer') return answered(state, event);
  return failed(state, 'the connection was lost', (next) =>
    query(next, next.failures > 1 ? { attempt: next.failures - 1 } : undefined),
  );
}
