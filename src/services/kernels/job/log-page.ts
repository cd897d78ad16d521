import type { LogEntry } from '../log/entry.ts';
import { type LogPosition, logStart } from './cursor.ts';

/** The part of a log after a position, at most a number of bytes, while the log is read from its start. */
export interface LogPage {
  readonly entries: readonly LogEntry[];
  /** Where the next page starts. */
  readonly end: LogPosition;
  /** Whether there is more than fits. */
  readonly more: boolean;
  /** Whether the log was read up to the position. */
  readonly reached: boolean;
  /** Takes the next entry of the log; `raw` for a line that is not an event of it. */
  take(entry: LogEntry, raw?: boolean): void;
}

const encoder: TextEncoder = /* @__PURE__ */ new TextEncoder();

/** Number of UTF-16 units of `text` that fit into `bytes` as UTF-8, without splitting a character. */
function fitting(text: string, bytes: number): number {
  if (3 * text.length <= bytes) return text.length;
  return encoder.encodeInto(text, new Uint8Array(bytes)).read;
}

const firstCharacter = (text: string): number => (text.codePointAt(0)! > 0xffff ? 2 : 1);

export function createLogPage(start: LogPosition, maxBytes: number): LogPage {
  const entries: LogEntry[] = [];
  const read = { ...logStart };
  const end = { ...start };
  let bytes = 0;
  let more = false;

  return {
    entries,
    end,
    get more() {
      return more;
    },
    get reached() {
      return read.stdout >= start.stdout && read.stderr >= start.stderr;
    },
    take(entry, raw = false) {
      const { data } = entry;
      const stream = raw ? 'raw' : entry.stream;
      const known = Math.max(0, end[stream] - read[stream]);
      read[stream] += data.length;
      if (more || known >= data.length) return;
      const fresh = data.slice(known);
      // A page has at least one character, or reading would never progress.
      const count = fitting(fresh, Math.max(0, maxBytes - bytes)) || (entries.length > 0 ? 0 : firstCharacter(fresh));
      more = count < fresh.length;
      if (count === 0) return;
      const shown = fresh.slice(0, count);
      entries.push({ ...entry, data: shown });
      end[stream] += count;
      bytes += encoder.encode(shown).length;
    },
  };
}
