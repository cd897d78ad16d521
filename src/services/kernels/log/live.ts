import { ConnectionError } from '../../../core/errors.ts';
import { redactError } from '../../../core/redact.ts';
import { readAnswer } from '../../../core/rpc/answer.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { abortable, startWatchdog, type Watchdog } from '../../../core/transfer/watchdog.ts';
import { type ResolvedRun, versionLabel } from '../run-ref.ts';
import { type LogEntry, parseLogEvent, parseStoredLog } from './entry.ts';
import { createSseReader } from './sse.ts';

/** The line that ends a live log. */
const endOfLog = 'END_OF_LOG';

/** Seconds without a byte after which the log is opened again. A quiet run may send nothing for so long. */
const silence = 120;

/** How a connection ended: with the end of the log, with the log so far in one piece, or before its end. */
export type StreamEnd = { end: 'log' } | { end: 'snapshot' } | { end: 'dropped'; error: Error };

/** Whether the last line, which no line end follows, is whole: a connection may drop in the middle of one. */
function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return line === endOfLog;
  }
}

async function* readEvents(
  body: ReadableStream<Uint8Array>,
  watchdog: Watchdog,
): AsyncGenerator<LogEntry, { end: 'log' } | undefined> {
  const reader = body.getReader();
  const events = createSseReader();
  let time = 0;
  try {
    for (;;) {
      // A fetch of one's own need not tie the body to the signal.
      const { done, value } = await abortable(reader.read(), watchdog.signal);
      watchdog.touch();
      const rest = done ? events.rest() : undefined;
      const lines = done ? (rest !== undefined && isWhole(rest) ? [rest] : []) : events.push(value);
      for (const line of lines) {
        if (line.trim() === endOfLog) return { end: 'log' };
        const entry = parseLogEvent(line, time);
        time = entry.time;
        yield entry;
      }
      if (done) return undefined;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Reads the live log over one connection, from the start of the log: GET `{base}/kernels/logs/stream/{owner}/{slug}`
 * with the version as `?versionLabel=v3` (kaggle 2.2.5, kernels_logs_stream). Kaggle cuts it after two to three minutes. Throws `ApiError` when the server refuses, and the signal's reason on abort; a
 * lost connection is a result, not an error.
 */
export async function* streamLog(
  client: KaggleClient,
  run: ResolvedRun,
  signal: AbortSignal,
): AsyncGenerator<LogEntry, StreamEnd> {
  const path = `kernels/logs/stream/${run.owner}/${run.slug}`;
  const label = versionLabel(run);
  const watchdog = startWatchdog(silence, [signal]);
  const started = Date.now();
  let outcome = 'failed';
  const dropped = (cause: unknown): StreamEnd => {
    if (signal.aborted) throw signal.reason;
    const error = redactError(cause);
    return { end: 'dropped', error: new ConnectionError(`${path}: ${error.message}`, { cause: error }) };
  };
  try {
    let response: Response;
    let text: string | undefined;
    try {
      const asked = client.http(`${client.baseUrl}/${path}${label ? `?versionLabel=${label}` : ''}`, {
        headers: { accept: 'text/event-stream, */*' },
        signal: watchdog.signal,
        retry: 0,
        timeout: false,
        throwHttpErrors: false,
      });
      response = await abortable(asked, watchdog.signal);
      outcome = String(response.status);
      const live = response.ok && /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
      if (!live) text = await response.text();
    } catch (error) {
      return dropped(error);
    }
    if (text !== undefined) {
      if (!response.ok) readAnswer(response, text, { method: `GET ${path}`, anonymous: false });
      yield* parseStoredLog(text);
      return { end: 'snapshot' };
    }
    if (!response.body) return { end: 'dropped', error: new ConnectionError(`${path}: no body`) };
    const events = readEvents(response.body, watchdog);
    try {
      for (;;) {
        let next: IteratorResult<LogEntry, { end: 'log' } | undefined>;
        try {
          next = await events.next();
        } catch (error) {
          return dropped(error);
        }
        if (!next.done) yield next.value;
        else return next.value ?? dropped(new Error('the connection ended before the log did'));
      }
    } finally {
      await events.return(undefined);
    }
  } finally {
    watchdog.release();
    client.log(`GET ${client.baseUrl}/${path} ${outcome} (${Date.now() - started} ms)`);
  }
}
