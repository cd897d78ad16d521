/** A piece of a kernel's log: mostly a line, with its line end. */
export interface LogEntry {
  stream: 'stdout' | 'stderr';
  /** Seconds since the session started. */
  time: number;
  data: string;
}

/** Reads one event as the server writes it: `{ stream_name, time, data }`. `undefined` for anything else. */
export function toLogEntry(value: unknown): LogEntry | undefined {
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

/** Reads one `data:` line of the live log. What is not an event of the known form is shown as it is. */
export function parseLogEvent(text: string, lastTime: number): LogEntry {
  try {
    const entry = toLogEntry(JSON.parse(text));
    if (entry) return entry;
  } catch {
    // Shown as it is.
  }
  return { stream: 'stdout', time: lastTime, data: `${text}\n` };
}

/** Reads a stored log: a JSON array of events, or plain text. */
export function parseStoredLog(text: string | undefined): LogEntry[] {
  if (!text) return [];
  try {
    const events: unknown = JSON.parse(text);
    if (Array.isArray(events)) return events.map(toLogEntry).filter((entry) => entry !== undefined);
  } catch {
    // Plain text.
  }
  return [{ stream: 'stdout', time: 0, data: text }];
}

/** The last `lines` lines of a log as text. */
export function tail(entries: readonly LogEntry[], lines: number): string {
  const text = entries.map((entry) => entry.data).join('');
  return text.replace(/\n$/, '').split('\n').slice(-lines).join('\n');
}
