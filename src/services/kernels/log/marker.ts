import { markerStart } from '../push/marker-start.ts';
import type { LogEntry } from './entry.ts';

const sessionLine = /^##kaggle-ts session=(\d+)##\r?\n/;

/**
 * Start of the line by which a call of a remote function announces its nonce, before any code of the user runs:
 * `##kaggle-ts call=<nonce>##`. Later, `##kaggle-ts <nonce> <length> <base64>##` and a line end contain its result.
 */
export const callStart = '##kaggle-ts call=';
const callLine = /^##kaggle-ts call=([\da-f]{32})##\r?\n/;
const resultEnd = /##\r?\n/;

/** Number of stdout lines to search: a script prints the marker first. Later lines belong to the user. */
const searchedLines = 200;

/** Removes the marker lines from a log, however the entries are split. */
export interface MarkerFilter {
  /** The session ID, once the marker line was read. */
  readonly sessionId: string | undefined;
  /** The nonce of the call of a remote function, once its line was read. */
  readonly nonce: string | undefined;
  /** The result of the call of a remote function (its length, a space, and base64), once its marker was read. */
  readonly result: string | undefined;
  /**
   * The entry without the markers; `undefined` if nothing is left of it, or it is held back until a marker is complete.
   */
  take(entry: LogEntry): LogEntry | undefined;
  /** The entry that was held back, at the end of the log. */
  rest(): LogEntry | undefined;
}

/** Whether `text` can be the start of the marker line that begins with `start` and matches `pattern` when complete. */
function mayBecome(text: string, start: string, rest: RegExp): boolean {
  if (text.length < start.length) return start.startsWith(text);
  return text.startsWith(start) && rest.test(text.slice(start.length));
}

const mayBecomeSession = (text: string) => mayBecome(text, markerStart, /^\d*#{0,2}\r?$/);
const mayBecomeCall = (text: string) => mayBecome(text, callStart, /^[\da-f]{0,32}#{0,2}\r?$/);

/** Length of the longest end of `text` with which `token` begins. */
function partialLength(text: string, token: string): number {
  for (let length = Math.min(text.length, token.length - 1); length > 0; length--) {
    if (text.endsWith(token.slice(0, length))) return length;
  }
  return 0;
}

export function createMarkerFilter(): MarkerFilter {
  let sessionId: string | undefined;
  let nonce: string | undefined;
  let result: string | undefined;
  /** Precedes the result of a call; the nonce in it cannot be known to what the function prints. */
  let token: string | undefined;
  let held: LogEntry | undefined;
  let lineStart = true;
  let done = false;
  let lines = 0;
  /** The next line can announce a call: the first line, and the one after the session ID. */
  let mayCall = true;

  /** Removes the marker lines at the start of the log. Returns the text to show, and the text to hold back. */
  function search(data: string): [shown: string, rest: string] {
    let shown = '';
    let rest = data;
    while (rest !== '' && !done) {
      if (lineStart) {
        const session = sessionId === undefined ? sessionLine.exec(rest) : undefined;
        const call = mayCall ? callLine.exec(rest) : undefined;
        if (session || call) {
          rest = rest.slice((session ?? call)![0].length);
          sessionId ??= session?.[1];
          if (call) {
            nonce = call[1];
            token = `##kaggle-ts ${nonce} `;
            const [more, kept] = scan(rest);
            return [shown + more, kept];
          }
          mayCall = true;
          continue;
        }
        if ((sessionId === undefined && mayBecomeSession(rest)) || (mayCall && mayBecomeCall(rest)))
          return [shown, rest];
      }
      const end = rest.indexOf('\n') + 1;
      lineStart = end > 0;
      mayCall = false;
      shown += end > 0 ? rest.slice(0, end) : rest;
      rest = end > 0 ? rest.slice(end) : '';
      if (lineStart && (sessionId !== undefined || ++lines >= searchedLines)) done = true;
    }
    return [shown + rest, ''];
  }

  /** Removes the result of a call, wherever it is: the function may have printed a line without its end. */
  function scan(data: string): [shown: string, rest: string] {
    const start = data.indexOf(token!);
    if (start < 0) {
      const kept = partialLength(data, token!);
      return [data.slice(0, data.length - kept), data.slice(data.length - kept)];
    }
    const after = data.slice(start + token!.length);
    const end = resultEnd.exec(after);
    if (!end) return [data.slice(0, start), data.slice(start)];
    result = after.slice(0, end.index);
    done = true;
    return [data.slice(0, start) + after.slice(end.index + end[0].length), ''];
  }

  function take(entry: LogEntry): LogEntry | undefined {
    if (done || entry.stream !== 'stdout') return entry;
    const [data, rest] = (token === undefined ? search : scan)((held?.data ?? '') + entry.data);
    held = rest === '' ? undefined : { ...entry, data: rest };
    return data === '' ? undefined : { ...entry, data };
  }

  return {
    get sessionId() {
      return sessionId;
    },
    get nonce() {
      return nonce;
    },
    get result() {
      return result;
    },
    take,
    rest() {
      const last = held;
      held = undefined;
      // A result that was cut off.
      return token !== undefined && last?.data.startsWith(token) ? undefined : last;
    },
  };
}

/** A complete log without the markers. */
export function withoutMarker(entries: readonly LogEntry[]): LogEntry[] {
  const filter = createMarkerFilter();
  return [...entries.map(filter.take), filter.rest()].filter((entry) => entry !== undefined);
}

/** The nonce and the result of a call of a remote function in a complete log, as far as they are there. */
export function callInLog(entries: readonly LogEntry[]): Pick<MarkerFilter, 'nonce' | 'result'> {
  const filter = createMarkerFilter();
  for (const entry of entries) filter.take(entry);
  return filter;
}
