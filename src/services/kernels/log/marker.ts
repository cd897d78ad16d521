import { markerStart } from '../push/prologue.ts';
import type { LogEntry } from './entry.ts';

const whole = /^##kaggle-ts session=(\d+)##\r?\n/;

/** Number of stdout lines to search: a script prints the marker first. Later lines belong to the user. */
const searchedLines = 200;

/** Removes the marker line from a log, however the entries are split. */
export interface MarkerFilter {
  /** The session ID, once the marker line was read. */
  readonly sessionId: string | undefined;
  /**
   * The entry without the marker; `undefined` if nothing is left of it, or it is held back until the line is complete.
   */
  take(entry: LogEntry): LogEntry | undefined;
  /** The entry that was held back, at the end of the log. */
  rest(): LogEntry | undefined;
}

/** Whether `text` can be the start of the marker line. */
function mayBecome(text: string): boolean {
  if (text.length < markerStart.length) return markerStart.startsWith(text);
  return /^\d*#{0,2}\r?$/.test(text.slice(markerStart.length)) && text.startsWith(markerStart);
}

export function createMarkerFilter(): MarkerFilter {
  let sessionId: string | undefined;
  let held: LogEntry | undefined;
  let lineStart = true;
  let done = false;
  let lines = 0;

  function take(entry: LogEntry): LogEntry | undefined {
    if (done || entry.stream !== 'stdout') return entry;
    let data = (held?.data ?? '') + entry.data;
    held = undefined;
    let from = lineStart ? 0 : data.indexOf('\n') + 1;
    if (!lineStart && from === 0) return { ...entry, data };
    for (;;) {
      const line = data.slice(from);
      const found = whole.exec(line);
      if (found) {
        done = true;
        sessionId = found[1];
        data = data.slice(0, from) + line.slice(found[0].length);
        break;
      }
      const next = line.indexOf('\n');
      if (next < 0) {
        lineStart = line === '';
        if (line === '' || !mayBecome(line)) break;
        held = { ...entry, data: line };
        lineStart = true;
        data = data.slice(0, from);
        break;
      }
      if (++lines >= searchedLines) {
        done = true;
        break;
      }
      from += next + 1;
    }
    return data === '' ? undefined : { ...entry, data };
  }

  return {
    get sessionId() {
      return sessionId;
    },
    take,
    rest() {
      const last = held;
      held = undefined;
      return last;
    },
  };
}

/** A complete log without the marker. */
export function withoutMarker(entries: readonly LogEntry[]): LogEntry[] {
  const filter = createMarkerFilter();
  return [...entries.map(filter.take), filter.rest()].filter((entry) => entry !== undefined);
}
