import { parseErrorBody } from '../../../core/rpc/error-body.ts';

/** A piece of the log of a run, usually one line including its line end. */
export interface LogEntry {
  /** Standard output or standard error. */
  stream: 'stdout' | 'stderr';
  /** Seconds since the start of the session. */
  time: number;
  /** The text. A line may be split over several entries. */
  data: string;
}

/** Parses an event as the server writes it, `{ stream_name, time, data }`; `undefined` for anything else. */
function toLogEntry(value: unknown): LogEntry | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { stream_name, time, data } = value as { stream_name?: unknown; time?: unknown; data?: unknown };
  if (typeof data !== 'string') return undefined;
  const seconds = Number(time);
  return {
    stream: stream_name === 'stderr' ? 'stderr' : 'stdout',
    time: Number.isFinite(seconds) ? seconds : 0,
    data,
  };
}

/** A line of the live log. */
export interface LiveLine {
  readonly entry: LogEntry;
  /** The line is not an event of the log, so that the stored log does not contain it. */
  readonly raw: boolean;
}

/**
 * Parses a `data:` line of the live log. A line of another form becomes an entry unchanged; `undefined` for an error of the
 * server, which is JSON without `data`.
 */
export function parseLogEvent(text: string, lastTime: number): LiveLine | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const entry = toLogEntry(value);
    if (entry) return { entry, raw: false };
    const isError = parseErrorBody(text).code >= 400 || Object.hasOwn(Object(value), 'error');
    if (isError) return undefined;
  } catch {
    // Not JSON: becomes an entry unchanged.
  }
  return { entry: { stream: 'stdout', time: lastTime, data: `${text}\n` }, raw: true };
}

/** Parses a JSON array of events; `undefined` for any other text. */
export function parseEvents(text: string): LogEntry[] | undefined {
  try {
    const events: unknown = JSON.parse(text);
    return Array.isArray(events) ? events.map(toLogEntry).filter((entry) => entry !== undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** Parses a stored log: a JSON array of events, or plain text. */
export function parseStoredLog(text: string | undefined): LogEntry[] {
  if (!text) return [];
  return parseEvents(text) ?? [{ stream: 'stdout', time: 0, data: text }];
}

/** The last `lines` lines of a log as text. */
export function tail(entries: readonly LogEntry[], lines: number): string {
  const text = entries.map((entry) => entry.data).join('');
  return text.replace(/\n$/, '').split('\n').slice(-lines).join('\n');
}
