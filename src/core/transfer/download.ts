import type { KaggleClient } from '../client.ts';
import { ApiError, ConnectionError, IntegrityError, isKaggleError, TransferError } from '../errors.ts';
import type { ByteSink } from '../platform.ts';
import type { TransferOptions } from '../progress.ts';
import { redactError } from '../redact.ts';
import { parseRetryAfter } from '../retry.ts';
import { createAddress, type DownloadFrom } from './address.ts';
import { base64, createHasher, type Verified } from './checksum.ts';
import { type ContentFacts, contentFacts, receive } from './content.ts';
import { pauseFor, type Sleep } from './pause.ts';
import { startProgress } from './progress.ts';
import { createReceiver } from './receiver.ts';
import { joinSignals, readStream } from './streams.ts';
import { startWatchdog, type Watchdog } from './watchdog.ts';

export interface DownloadOptions extends Omit<TransferOptions, 'concurrency'> {
  /** What the file is called in progress and errors. */
  file: string;
  /** Seconds without a byte after which the connection counts as lost; default 60, 0 for no limit. */
  stallTimeout?: number;
  /** Attempts in a row without a new byte before it gives up; default 5. */
  retries?: number;
  sleep?: Sleep;
}

export interface Downloaded {
  /** Bytes. */
  size: number;
  verified: Verified;
  /** The server's modification time; the sink was given it as well. */
  lastModified?: Date;
}

/** How often a content that does not match its checksum is fetched anew. */
const cleanRetries = 2;

/** Why an attempt ended without the content: what decides how to go on. */
type Ending =
  | { type: 'done'; verified: Verified }
  | { type: 'lost'; cause: unknown }
  | { type: 'busy'; status: number; retryAfterMs: number | undefined }
  | { type: 'expired'; status: number }
  | { type: 'changed' }
  | { type: 'damaged'; message: string };

/**
 * Downloads one file into `sink`, which it commits when the content is whole and checked, and aborts otherwise.
 * An interrupted transfer goes on where it stopped if the storage can prove that the object is still the same, else it
 * starts over; for that `sink` may be a function that opens a new one. Length and `x-goog-hash` are checked on the
 * way, without a second reading. Throws `TransferError` (given up, or refused), `IntegrityError` (damaged, several
 * times), and what `from` throws. An abort rejects at once with the signal's reason.
 */
export async function download(
  client: KaggleClient,
  from: DownloadFrom,
  sink: ByteSink | (() => Promise<ByteSink>),
  options: DownloadOptions,
): Promise<Downloaded> {
  const { file } = options;
  const retries = options.retries ?? 5;
  const stall = options.stallTimeout ?? 60;
  const signal = joinSignals(client.signal, options.signal);
  const progress = startProgress(file, 'download', options.onProgress);
  const address = createAddress(client, from);
  const fail = (message: string, cause?: unknown) =>
    new TransferError(`downloading ${file} failed: ${message}`, { file, cause });
  let target: ByteSink | undefined;
  let known: ContentFacts | undefined;
  const receiver = createReceiver(() => target as ByteSink);

  /** Starts at byte 0 again, in a new sink if there can be one. */
  async function startOver(): Promise<void> {
    known = undefined;
    if (typeof sink === 'function' && receiver.extent > 0) {
      await target?.abort();
      target = await sink();
      receiver.reset();
    } else receiver.restart(undefined);
  }

  async function check(): Promise<Ending> {
    const { total, sums } = known as ContentFacts;
    const size = receiver.received;
    if (total !== undefined && size < total) {
      return { type: 'lost', cause: new ConnectionError(`the body ended after ${size} of ${total} bytes`) };
    }
    // A page is not told that a body was compressed on the way: then its length is not that of the content.
    if (total !== undefined && size > total && client.platform.opaqueRedirects)
      return { type: 'done', verified: 'none' };
    if (total !== undefined && size > total) {
      return { type: 'damaged', message: `${size} bytes came, ${total} were announced` };
    }
    await receiver.flush();
    const digest = await receiver.digest();
    const algorithm = sums.crc32c ? 'crc32c' : 'md5';
    if (!digest) return { type: 'done', verified: total === undefined ? 'none' : 'length' };
    const ours = base64(digest);
    if (ours === sums[algorithm]) return { type: 'done', verified: algorithm };
    return { type: 'damaged', message: `its ${algorithm} is ${ours}, the storage announced ${sums[algorithm]}` };
  }

  /** One request and the reading of its body. */
  async function attempt(): Promise<Ending> {
    const resumable = known && !known.encoded && (known.validator ?? known.sums.crc32c ?? known.sums.md5) !== undefined;
    if (receiver.received > 0 && !resumable) await startOver();
    const throughApi = address.throughApi;
    let watchdog = startWatchdog(throughApi ? 0 : stall, [signal]);
    try {
      const response = await address.ask(rangeHeaders(client, receiver.received, known), watchdog.signal);
      if (throughApi) watchdog = restartWatchdog(watchdog, stall, signal);
      watchdog.touch();
      return await take(response, watchdog);
    } catch (error) {
      signal.throwIfAborted();
      // What the API refuses or fails to answer was retried by the call itself.
      if (throughApi && error instanceof ApiError && error.status === 416) return { type: 'changed' };
      if (throughApi && isKaggleError(error) && !watchdog.stalled) throw error;
      if (watchdog.stalled || error instanceof ConnectionError) return { type: 'lost', cause: error };
      throw error;
    } finally {
      watchdog.release();
    }
  }

  async function take(response: Response, watchdog: Watchdog): Promise<Ending> {
    const { status, headers, body } = response;
    const reception = receive(receiver.received, known, response);
    if (reception.type !== 'whole' && reception.type !== 'continue') {
      body?.cancel().catch(() => undefined);
      if (reception.type === 'complete') return check();
      if (reception.type === 'changed') return reception;
      if (reception.type === 'expired') return { type: 'expired', status };
      if (reception.type === 'refused') throw fail(`HTTP ${status}`);
      return { type: 'busy', status, retryAfterMs: parseRetryAfter(headers.get('retry-after')) };
    }
    let skip = 0;
    if (reception.type === 'whole') {
      if (receiver.received > 0) await startOver();
      known = contentFacts(headers);
      const algorithm = known.sums.crc32c ? 'crc32c' : known.sums.md5 ? 'md5' : undefined;
      receiver.restart(algorithm && createHasher(client.platform, algorithm));
    } else skip = reception.skip;
    progress.report(receiver.received, known?.total);
    let writing: unknown;
    const keep = (chunk: Uint8Array): Promise<void> | undefined => {
      watchdog.touch();
      const fresh = skip > 0 ? chunk.subarray(Math.min(skip, chunk.length)) : chunk;
      skip -= chunk.length - fresh.length;
      const taken = receiver.take(fresh)?.catch((error: unknown) => {
        writing = error;
        throw error;
      });
      progress.report(receiver.received, known?.total);
      return taken;
    };
    try {
      if (body) await readStream(body, keep, watchdog.signal);
    } catch (error) {
      signal.throwIfAborted();
      if (writing !== undefined) throw writing;
      // Everything came before the connection broke.
      if (known?.total === receiver.received) return check();
      return { type: 'lost', cause: redactError(error) };
    }
    return check();
  }

  async function run(): Promise<Downloaded> {
    let failures = 0;
    let best = 0;
    let damaged: IntegrityError | undefined;
    for (let damages = 0; ; ) {
      signal.throwIfAborted();
      let ending: Ending;
      try {
        ending = await attempt();
        await receiver.flush();
      } catch (error) {
        signal.throwIfAborted();
        // A sink that cannot start over hides what made it necessary.
        throw damaged ?? error;
      }
      if (ending.type === 'done') {
        const size = receiver.received;
        if (receiver.extent > size) throw fail('the file became shorter while it was being downloaded');
        return { size, verified: ending.verified, lastModified: known?.lastModified };
      }
      if (ending.type === 'damaged') {
        damaged = new IntegrityError(`${file} arrived damaged: ${ending.message}`, { file });
        if (++damages > cleanRetries) throw damaged;
        best = 0;
        await startOver();
        continue;
      }
      if (receiver.received > best) failures = 0;
      best = Math.max(best, receiver.received);
      failures++;
      const why = explain(ending);
      if (failures > retries)
        throw fail(`${why}, ${failures} times without a new byte`, (ending as { cause?: unknown }).cause);
      if (ending.type === 'changed') await startOver();
      else if (ending.type === 'expired' && !address.expire()) throw fail(why);
      else if (ending.type === 'busy' || failures > 1) {
        const retryAfterMs = ending.type === 'busy' ? ending.retryAfterMs : undefined;
        await pauseFor({ attempt: failures, retryAfterMs }, signal, options.sleep);
      }
    }
  }

  try {
    signal.throwIfAborted();
    target = typeof sink === 'function' ? await sink() : sink;
    const result = await run();
    await target.commit({ lastModified: result.lastModified });
    progress.done(result.size);
    return result;
  } catch (error) {
    await (target ?? (typeof sink === 'function' ? undefined : sink))?.abort(error);
    throw error;
  }
}

function explain(ending: Exclude<Ending, { type: 'done' | 'damaged' }>): string {
  if (ending.type === 'busy' || ending.type === 'expired') return `HTTP ${ending.status}`;
  if (ending.type === 'changed') return 'the file changed while it was being downloaded';
  return `the connection was lost (${ending.cause instanceof Error ? ending.cause.message : 'no answer'})`;
}

function rangeHeaders(client: KaggleClient, received: number, known: ContentFacts | undefined): Record<string, string> {
  if (received === 0) return {};
  // In a page If-Range would need the storage's permission (CORS): there the answer's validator is compared instead.
  const condition = known?.validator !== undefined && !client.platform.opaqueRedirects;
  return { range: `bytes=${received}-`, ...(condition && { 'if-range': known.validator }) };
}

/** The watch over a body whose request was watched by somebody else. */
function restartWatchdog(watchdog: Watchdog, stall: number, signal: AbortSignal): Watchdog {
  watchdog.release();
  return startWatchdog(stall, [signal]);
}
