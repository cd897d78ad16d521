import { parseErrorBody } from '../../../core/rpc/error-body.ts';

/** A piece of a kernel's log: mostly a line, with its line end. */
export interface LogEntry {
  stream: 'stdout' | 'stderr';
  /** Seconds since the session started. */
  time: number;
  data: string;
}

/** Reads one event as the server writes it: `{ stream_name, time, data }`. `undefined` for anything else. */
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

/**
 * Reads one `data:` line of the live log. What is not an event of the known form is shown as it is; `undefined` for an error of
 * the server, which is JSON without `data`.
 */
export function parseLogEvent(text: string, lastTime: number): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const entry = toLogEntry(value);
    if (entry) return entry;
    const isError = parseErrorBody(text).code >= 400 || Object.hasOwn(Object(value), 'error');
    if (isError) return undefined;
  } catch {
    // Shown as it is.
  }
  return { stream: 'stdout', time: lastTime, data: `${text}\n` };
}

/** The events of a JSON array; `undefined` for any other text. */
export function parseEvents(text: string): LogEntry[] | undefined {
  try {
    const events: unknown = JSON.parse(text);
    return Array.isArray(events) ? events.map(toLogEntry).filter((entry) => entry !== undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads a stored log: a JSON array of events, or plain text. */
export function parseStoredLog(text: string | undefined): LogEntry[] {
  if (!text) return [];
  return parseEvents(text) ?? [{ stream: 'stdout', time: 0, data: text }];
}

/** The last `lines` lines of a log as text. */
export function tail(entries: readonly LogEntry[], lines: number): string {
  const text = entries.map((entry) => entry.data).join('');
  return text.replace(/\n$/, '').split('\n').slice(-lines).join('\n');
}
