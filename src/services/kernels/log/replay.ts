import type { LogEntry } from './entry.ts';

/** Characters of each stream, from the start of a log. */
type Position = Readonly<Record<LogEntry['stream'], number>>;

/** A log that is read from its start again and again: how much of it was seen, and how far the reading under way is. */
export interface Replay {
  readonly seen: Position;
  readonly read: Position;
}

const start: Position = { stdout: 0, stderr: 0 };

/** Before anything was read. */
export const noReplay: Replay = { seen: start, read: start };

/** The log is read from its start again. */
export function restart({ seen }: Replay): Replay {
  return { seen, read: start };
}

/**
 * What of `entry` is new; `undefined` if nothing is. Counted by characters of each stream, not by entries: the stored log
 * may be cut into other pieces than the live one, and a piece that grew since is completed.
 */
export function takeNew({ seen, read }: Replay, entry: LogEntry): Replay & { fresh: LogEntry | undefined } {
  const { stream, data } = entry;
  const end = read[stream] + data.length;
  const known = seen[stream] - read[stream];
  const isNew = end > seen[stream];
  return {
    seen: isNew ? { ...seen, [stream]: end } : seen,
    read: { ...read, [stream]: end },
    fresh: isNew ? { ...entry, data: data.slice(Math.max(0, known)) } : undefined,
  };
}
