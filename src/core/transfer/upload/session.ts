/**
 * A resumable upload session as a pure function: (state, event) -> (state, action). Only the storage's own reports count as
 * progress. Everything that takes time or can fail is an event; see upload.ts for the effects.
 */

/** The upload URL of one file, and the token that represents the file afterwards. */
export interface UploadSession {
  token: string;
  createUrl: string;
}

export interface SessionLimits {
  /**
   * Bytes per request; a multiple of 256 KiB, or Infinity for everything that is left. Smaller files need one request.
   */
  readonly partSize: number;
  /** Failures in a row without progress before the upload fails. */
  readonly failures: number;
  /** Sessions that one upload may use. */
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
  /** End of the current request. */
  readonly sending: number;
  /** End of what was sent in this session, whether or not it arrived. */
  readonly sent: number;
  /** The most that this session ever held: only more than that is progress. */
  readonly best: number;
  /** Failures since the last progress. */
  readonly failures: number;
  /** Sessions used up. */
  readonly expired: number;
  /** The session comes from an earlier process, and has not reported anything usable yet. */
  readonly inherited: boolean;
}

/** Changes that any event may report. */
interface RequestReport {
  /** Size of the next request, if it changes. */
  readonly partSize?: number;
  /** End of what may have been sent, if that was not the whole request. */
  readonly sent?: number;
}

export type SessionEvent = RequestReport & EventType;

type EventType =
  | { readonly type: 'opened' }
  | {
      readonly type: 'answer';
      readonly to: 'send' | 'query';
      readonly status: number;
      /**
       * With 308: bytes held, 0 without a Range header, `undefined` if the header is invalid. With 200: bytes of the object, if reported.
       */
      readonly stored?: number;
      readonly retryAfterMs?: number;
      /**
       * With an error: what the storage says.
       * @default `HTTP` and the status
       */
      readonly message?: string;
      /** With 200: the response does not look like the storage's: it is a web page, or lacks details of the object. */
      readonly suspect?: 'page' | 'bare';
    }
  /** No response: the connection broke, or no data was transferred for too long. */
  | { readonly type: 'lost' };

/** A pause before the next request. */
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
  /** Query how much the storage holds. */
  | { readonly type: 'query'; readonly pause?: Pause }
  | { readonly type: 'done' }
  /** `final`: resuming the session later would fail in the same way. */
  | { readonly type: 'fail'; readonly message: string; readonly final: boolean };

export interface SessionStep {
  readonly state: SessionState;
  readonly action: SessionAction;
}

/** The first step of an upload of `size` bytes: open a session. */
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

/** The first step with the session of an earlier process: query it. Everything may have been sent. */
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

/** Counts a failure. `next` is the step unless that was one failure too many. */
function failed(state: SessionState, why: string, next: (state: SessionState) => SessionStep): SessionStep {
  const failures = state.failures + 1;
  // The URL of an earlier process may no longer exist: retrying it would fail every run in the same way.
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
    // All bytes are stored, but the object is not finalized: query again.
    return failed(state, 'the storage has all bytes but did not finalize the upload', (next) =>
      query(next, { attempt: next.failures }),
    );
  }
  if (progress || to === 'query') return send(state);
  return failed(state, 'the storage did not store any of the data sent', (next) =>
    send(next, { attempt: next.failures }),
  );
}

/** Replaces a useless session by a new one, in which nothing is stored yet. */
function reopen(state: SessionState, expired: number, pause?: Pause): SessionStep {
  const fresh = { ...state, committed: 0, sending: 0, sent: 0, best: 0, expired, inherited: false };
  return { state: fresh, action: { type: 'open', pause } };
}

function answered(before: SessionState, event: SessionEvent & { type: 'answer' }): SessionStep {
  const { status, stored, retryAfterMs, to, message = `HTTP ${status}` } = event;
  if (status === 308 && before.inherited && stored !== undefined && stored > before.size) return reopen(before, 0);
  // A session that reports a usable position is as good as our own.
  const helps = status === 308 && stored !== undefined && stored < before.size;
  const state = helps ? { ...before, inherited: false } : before;
  if (status === 200 || status === 201) {
    // Not every 200 comes from the storage. After a query, a response without details is accepted.
    if (event.suspect === 'page' || (event.suspect && to === 'send'))
      return failed(state, 'the response did not come from the storage (a proxy may have answered)', (next) =>
        query(next, next.failures > 1 ? { attempt: next.failures - 1 } : undefined),
      );
    if (stored !== undefined && stored !== state.size) {
      // An earlier process may have uploaded different content.
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
    // Some bytes may have been stored: query before sending again.
    const why = status === 308 ? 'the storage sent an invalid Range header' : message;
    return failed(state, why, (next) => query(next, { attempt: next.failures, retryAfterMs }));
  }
  if (status === 400 && to === 'send' && state.committed > 0 && state.failures === 0) {
    // The storage rejects bytes that do not follow what it holds: it may hold less than it reported.
    return failed(state, 'HTTP 400', query);
  }
  // The session of an earlier process may be refused for any reason: open a new one.
  if (state.inherited) return reopen(state, state.expired);
  return fail(state, message);
}

/** The next step after `event`. */
export function advanceSession(before: SessionState, event: SessionEvent): SessionStep {
  const sent = Math.max(before.sent, event.sent ?? before.sending);
  const state = { ...before, sent, sending: 0, partSize: event.partSize ?? before.partSize };
  if (event.type === 'opened') return send(state);
  if (event.type === 'answer') return answered(state, event);
  return failed(state, 'the connection was lost', (next) =>
    query(next, next.failures > 1 ? { attempt: next.failures - 1 } : undefined),
  );
}
