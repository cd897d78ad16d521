import { abortable } from '../../../core/abortable.ts';
import { ApiError, AuthenticationError, ConnectionError } from '../../../core/errors.ts';
import { redact, redactError } from '../../../core/redact.ts';
import { readAnswer } from '../../../core/rpc/answer.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { readText } from '../../../core/rpc/read-text.ts';
import { startWatchdog, type Watchdog } from '../../../core/transfer/watchdog.ts';
import { type ResolvedRun, versionLabel } from '../run-ref.ts';
import { type LogEntry, parseEvents, parseLogEvent } from './entry.ts';
import { createQuietTimer } from './quiet.ts';
import { createSseReader } from './sse.ts';

/** Events of a connection: entries, then how it ended. */
export type LiveEvent =
  /** `raw`: the line is not an event of the log. */
  | { readonly type: 'entry'; readonly entry: LogEntry; readonly raw?: boolean }
  /** The log has ended. */
  | { readonly type: 'complete' }
  /** The server returned an array instead of a stream: the entries so far. */
  | { readonly type: 'snapshot' }
  /** The connection sent no line for a while, and was closed: these are the entries so far. */
  | { readonly type: 'quiet' }
  /** The connection was lost or refused; `seconds` is how long it was open. */
  | { readonly type: 'lost'; readonly error: Error; readonly seconds: number };

/** The line that ends a live log. */
const endOfLog = 'END_OF_LOG';

/** Seconds without a line after which a connection is considered lost. A quiet run may send nothing for that long. */
const silence = 120;

/**
 * Seconds after which a connection is considered lost even if it still receives lines. Kaggle closes it sooner, and a server that
 * never ends would keep its reader forever.
 */
const longestConnection = 300;

/** Whether the last line, without a line end, is complete: a connection may drop within a line. */
function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return line === endOfLog;
  }
}

/** JSON of another form, shortened and without secrets. */
const describe = (json: unknown): string => redact(JSON.stringify(json).slice(0, 200));

async function* dataLines(body: ReadableStream<Uint8Array>, watchdog: Watchdog): AsyncGenerator<string> {
  const reader = body.getReader();
  const events = createSseReader();
  try {
    for (;;) {
      // A custom fetch may not abort the body with the signal.
      const { done, value } = await abortable(reader.read(), watchdog.signal);
      if (done) break;
      for (const line of events.push(value)) {
        // Comments only keep a connection open.
        watchdog.touch();
        yield line;
      }
    }
    const rest = events.rest();
    if (rest !== undefined && isWhole(rest)) yield rest;
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * Reads the live log over one connection, from the start of the log: GET `{base}/kernels/logs/stream/{owner}/{slug}` with the version
 * as `?versionLabel=v3` (kaggle 2.2.5, kernels_logs_stream). Kaggle closes the connection after two to three minutes. An error
 * of the server counts as a lost connection, except for an `AuthenticationError`, which is thrown. On abort it throws the reason of
 * the signal.
 *
 * @param quiet - Closes the connection when it sends no line for so many seconds: everything so far was read.
 */
export async function* readLive(
  client: KaggleClient,
  run: ResolvedRun,
  signal: AbortSignal,
  quiet?: number,
): AsyncGenerator<LiveEvent> {
  const path = `kernels/logs/stream/${run.owner}/${run.slug}`;
  const label = versionLabel(run);
  const { clock } = client;
  const timer = createQuietTimer(clock, quiet);
  const watchdog = startWatchdog(silence, [signal, timer.signal]);
  const opened = clock.now();
  let outcome = 'failed';
  try {
    const address = `${client.baseUrl}/${path}${label ? `?versionLabel=${label}` : ''}`;
    const asked = client.sender()(address, {
      headers: { accept: 'text/event-stream, */*' },
      signal: watchdog.signal,
    });
    const response = await abortable(asked, watchdog.signal);
    outcome = String(response.status);
    timer.start();
    const call = { method: `GET ${path}`, reads: true };
    if (!response.ok || !/^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')) {
      const text = await abortable(readText(response), watchdog.signal);
      const entries = response.ok && text !== undefined ? parseEvents(text) : undefined;
      // A web page, or an error with status 200, is not a log.
      if (!entries) throw new Error(`the response is not a log: ${describe(readAnswer(response, text, call))}`);
      for (const entry of entries) yield { type: 'entry', entry };
      yield { type: 'snapshot' };
      return;
    }
    let time = 0;
    for await (const line of response.body ? dataLines(response.body, watchdog) : []) {
      if (line.trim() === endOfLog) {
        yield { type: 'complete' };
        return;
      }
      const parsed = parseLogEvent(line, time);
      if (!parsed) throw new Error(`the server sent an error: ${describe(readAnswer(response, line, call))}`);
      time = parsed.entry.time;
      timer.heard(true);
      yield { type: 'entry', ...parsed };
      timer.heard(false);
      if (clock.now() - opened > longestConnection * 1000)
        throw new Error(`the connection was open for more than ${longestConnection} s`);
    }
    throw new Error('the connection closed before the end of the log');
  } catch (cause) {
    signal.throwIfAborted();
    if (timer.signal.aborted) {
      yield { type: 'quiet' };
      return;
    }
    if (cause instanceof AuthenticationError) throw cause;
    const safe = redactError(cause);
    const error = cause instanceof ApiError ? cause : new ConnectionError(`${path}: ${safe.message}`, { cause: safe });
    yield { type: 'lost', error, seconds: (clock.now() - opened) / 1000 };
  } finally {
    timer.release();
    watchdog.release();
    client.log(`GET ${client.baseUrl}/${path} ${outcome} (${clock.now() - opened} ms)`);
  }
}
