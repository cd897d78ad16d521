import type { LogEntry } from './entry.ts';

/** Hands each character of a log out once, although every new connection replays the log from the start. */
export interface ReplayFilter {
  /** A new connection begins: the log comes from its start again. */
  restart(): void;
  /** The part of `entry` that is new, or `undefined` if there is none. */
  take(entry: LogEntry): LogEntry | undefined;
}

/**
 * Counts what was handed out by characters of each stream, not by events: the stored log may be cut into other pieces
 * than the live one, and a piece that grew since is completed.
 */
export function createReplayFilter(): ReplayFilter {
  const handedOut = { stdout: 0, stderr: 0 };
  let passed = { stdout: 0, stderr: 0 };
  return {
    restart() {
      passed = { stdout: 0, stderr: 0 };
    },
    take(entry) {
      const { stream, data } = entry;
      const start = passed[stream];
      passed[stream] += data.length;
      if (passed[stream] <= handedOut[stream]) return undefined;
      const fresh = data.slice(Math.max(0, handedOut[stream] - start));
      handedOut[stream] = passed[stream];
      return { ...entry, data: fresh };
    },
  };
}
