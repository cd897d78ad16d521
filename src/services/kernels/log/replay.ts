import type { LogEntry } from './entry.ts';

type Stream = LogEntry['stream'];

/** The part of a stream that was shown, as far as it is needed to recognize a replay. */
interface Shown {
  /** Number of characters. */
  readonly length: number;
  /** Its first characters. */
  readonly head: string;
  /** Its last characters. */
  readonly recent: string;
  /** Time of the last entry in seconds; 0 if the server does not send times. */
  readonly time: number;
}

/**
 * A log that is read repeatedly: how much of it was seen, and the position of the current reading, in characters per stream.
 */
export interface Replay {
  readonly seen: Readonly<Record<Stream, Shown>>;
  readonly read: Readonly<Record<Stream, number>>;
}

/** Number of characters that are compared with a replay: of the start, and at least of the end. */
const compared = 16_384;

/** Maximum number of characters of an entry to search for, which bounds the time of a search. */
const longestNeedle = 128;

const nothing: Shown = { length: 0, head: '', recent: '', time: 0 };
const start = { stdout: 0, stderr: 0 };

/** Before the first reading. */
export const noReplay: Replay = { seen: { stdout: nothing, stderr: nothing }, read: start };

/** Starts another reading of the log from its start. */
export function restart({ seen }: Replay): Replay {
  return { seen, read: start };
}

function append(shown: Shown, data: string, time: number): Shown {
  const recent = shown.recent + data;
  return {
    length: shown.length + data.length,
    head: shown.head.length < compared ? (shown.head + data).slice(0, compared) : shown.head,
    // Truncated only now and then: a copy per line would be slow.
    recent: recent.length > 4 * compared ? recent.slice(-compared) : recent,
    time: Math.max(shown.time, time),
  };
}

/** Whether the shown text continues with `data` at `position`, as far as it is remembered. */
function continues({ length, head, recent }: Shown, position: number, data: string): boolean {
  const from = position - (length - recent.length);
  const known = data.slice(0, length - position);
  if (from >= 0) return recent.startsWith(known, from);
  if (from + known.length > 0 && !recent.startsWith(known.slice(-from))) return false;
  const first = known.slice(0, Math.max(0, head.length - position));
  return head.startsWith(first, position);
}

/**
 * Position of an entry in its stream, in characters. Normally each connection sends the log from its start. A server may also
 * resume where it stopped, leave a gap, or repeat what it sent; the shown text tells which.
 */
function locate(shown: Shown, position: number, { data, time }: LogEntry): number {
  const timed = time > 0 && shown.time > 0;
  const atEnd = position >= shown.length;
  if (atEnd ? !timed || time >= shown.time : !(timed && time > shown.time) && continues(shown, position, data)) {
    return position;
  }
  if (timed && time > shown.time) return shown.length;
  const first = shown.length - shown.recent.length;
  const needle = data.slice(0, longestNeedle);
  const later = atEnd ? -1 : shown.recent.indexOf(needle, Math.max(0, position - first));
  const found = later >= 0 ? later : shown.recent.indexOf(needle);
  return found >= 0 && continues(shown, first + found, data) ? first + found : shown.length;
}

/**
 * The new part of `entry`, or `undefined`. Counted in characters of each stream, not in entries: the stored log may be split
 * differently than the live one, and an entry may have grown since.
 */
export function takeNew({ seen, read }: Replay, entry: LogEntry): Replay & { fresh: LogEntry | undefined } {
  const { stream, data, time } = entry;
  const shown = seen[stream];
  const position = locate(shown, read[stream], entry);
  const end = position + data.length;
  const rest = { read: { ...read, [stream]: end } };
  if (end <= shown.length) return { seen, ...rest, fresh: undefined };
  const fresh = data.slice(shown.length - position);
  return { seen: { ...seen, [stream]: append(shown, fresh, time) }, ...rest, fresh: { ...entry, data: fresh } };
}
