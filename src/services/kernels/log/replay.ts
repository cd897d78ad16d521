import type { LogEntry } from './entry.ts';

type Stream = LogEntry['stream'];

/** What was shown of one stream, as far as it is needed to recognise it when it comes again. */
interface Shown {
  /** Characters. */
  readonly length: number;
  /** The first of them. */
  readonly head: string;
  /** The last of them. */
  readonly recent: string;
  /** Seconds, of the last piece; 0 where the server does not tell. */
  readonly time: number;
}

/** A log that is read again and again: how much of it was seen, and how far the reading under way is, in characters. */
export interface Replay {
  readonly seen: Readonly<Record<Stream, Shown>>;
  readonly read: Readonly<Record<Stream, number>>;
}

/** Characters of the start, and of the end at least, that are compared when a log comes again. */
const compared = 16_384;

/** Characters of an entry that are looked for: the time that a search takes is bounded by it. */
const longestNeedle = 128;

const nothing: Shown = { length: 0, head: '', recent: '', time: 0 };
const start = { stdout: 0, stderr: 0 };

/** Before anything was read. */
export const noReplay: Replay = { seen: { stdout: nothing, stderr: nothing }, read: start };

/** The log is read from its start again. */
export function restart({ seen }: Replay): Replay {
  return { seen, read: start };
}

function append(shown: Shown, data: string, time: number): Shown {
  const recent = shown.recent + data;
  return {
    length: shown.length + data.length,
    head: shown.head.length < compared ? (shown.head + data).slice(0, compared) : shown.head,
    // Cut now and then only: a copy for each line would take long.
    recent: recent.length > 4 * compared ? recent.slice(-compared) : recent,
    time: Math.max(shown.time, time),
  };
}

/** Whether what was shown goes on with `data` at `position`, as far as that is remembered. */
function continues({ length, head, recent }: Shown, position: number, data: string): boolean {
  const from = position - (length - recent.length);
  const known = data.slice(0, length - position);
  if (from >= 0) return recent.startsWith(known, from);
  if (from + known.length > 0 && !recent.startsWith(known.slice(-from))) return false;
  const first = known.slice(0, Math.max(0, head.length - position));
  return head.startsWith(first, position);
}

/**
 * Where in the log an entry is, in characters of its stream. A connection is expected to send the log from its start, but a
 * server may also go on where it was, leave a gap, or send again what it has sent: what was shown tells which.
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
 * What of `entry` is new; `undefined` if nothing is. Counted by characters of each stream, not by entries: the stored log
 * may be cut into other pieces than the live one, and a piece that grew since is completed.
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
