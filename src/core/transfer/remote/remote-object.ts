import { ApiError, ConnectionError, isKaggleError, TransferError } from '../../errors.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { isTransient, parseRetryAfter } from '../../rpc/retry.ts';
import { type Address, createAddress, type DownloadFrom } from '../download/address.ts';
import { pauseFor, type Sleep } from '../pause.ts';
import { describeError } from '../storage.ts';
import { abortable, startWatchdog, type Watchdog } from '../watchdog.ts';
import { firstFacts, judgeRange, type RemoteFacts } from './range-answer.ts';

export interface RemoteOptions {
  /** What the object is called in errors. */
  file: string;
  /** Aborts everything that is read from the object. */
  signal: AbortSignal;
  /** Seconds without a byte after which the connection counts as lost; default 60, 0 for no limit. */
  stallTimeout?: number;
  /** Attempts in a row without a new byte before it gives up; default 5. */
  retries?: number;
  sleep?: Sleep;
  /** Told of each new request after a failure. */
  onRetry?: () => void;
}

/** Reads one part of an object from its start to its end. */
export interface PartReader {
  /** The next bytes, or `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Lets go of the connection. */
  cancel(): void;
}

/** An object of the storage that is read in parts. */
export interface RemoteObject extends RemoteFacts {
  /** Reads from `start` to `end`, in one request as long as the connection holds. `signal` aborts this part only. */
  part(start: number, end: number, signal?: AbortSignal): PartReader;
}

/** An answer to `bytes=-n`: the object with its last bytes, or, where parts are not to be had, the whole of it. */
export type OpenedObject =
  | { readonly object: RemoteObject; readonly tail: Uint8Array }
  | { readonly object?: undefined; readonly whole: Response };

const failed = ({ file }: RemoteOptions, why: string, cause?: unknown): TransferError =>
  new TransferError(`reading ${file} failed: ${why}`, { file, cause });

/** The object is another one now. What was read of it belongs to the one before. */
export class ObjectChangedError extends TransferError {}

const changed = ({ file }: RemoteOptions) =>
  new ObjectChangedError(`reading ${file} failed: it changed while it was being read`, { file });

/** Counts failures without news in between; throws when there were too many, else waits. */
function createPatience(options: RemoteOptions, signal: AbortSignal) {
  let failures = 0;
  return {
    moved() {
      failures = 0;
    },
    async failed(why: string, cause?: unknown, retryAfterMs?: number, busy = false): Promise<void> {
      if (++failures > (options.retries ?? 5)) {
        throw failed(options, `${why}, ${failures} times without a new byte`, cause);
      }
      options.onRetry?.();
      if (busy || failures > 1) await pauseFor({ attempt: failures, retryAfterMs }, signal, options.sleep);
    },
  };
}

/** What went wrong, if it is of the kind that another request may get over; else throws it. */
function lost(error: unknown, watchdog: Watchdog, signal: AbortSignal, throughApi: boolean): Error {
  signal.throwIfAborted();
  // What the API refuses or fails to answer was retried by the call itself.
  if (throughApi && isKaggleError(error) && !watchdog.stalled) throw error;
  return error instanceof ConnectionError ? error : redactError(error);
}

function partOf(
  client: KaggleClient,
  address: Address,
  renewable: boolean,
  known: RemoteFacts,
  start: number,
  end: number,
  options: RemoteOptions,
  signal: AbortSignal,
): PartReader {
  const patience = createPatience(options, signal);
  const seconds = options.stallTimeout ?? 60;
  let position = start;
  let watchdog: Watchdog | undefined;
  let body: ReadableStreamDefaultReader<Uint8Array> | undefined;

  function close(reason?: unknown): void {
    body?.cancel(reason).catch(() => undefined);
    body = undefined;
    watchdog?.release();
    watchdog = undefined;
  }

  /** One request; the body is there afterwards, or there was a failure to get over. */
  async function open(): Promise<void> {
    const { throughApi } = address;
    // A call through the API has a deadline and retries of its own.
    let watch = startWatchdog(throughApi ? 0 : seconds, [signal]);
    let response: Response;
    // In a page If-Range would need the storage's permission (CORS): there the answer's validator is compared instead.
    const condition = known.validator !== undefined && !client.platform.opaqueRedirects;
    const headers = {
      range: `bytes=${position}-${end - 1}`,
      ...(condition && { 'if-range': known.validator }),
    } as Record<string, string>;
    try {
      response = await address.ask(headers, watch.signal);
    } catch (error) {
      watch.release();
      if (throughApi && error instanceof ApiError && error.status === 416) throw changed(options);
      const cause = lost(error, watch, signal, throughApi);
      return patience.failed(`the connection was lost (${cause.message})`, cause);
    }
    const answer = judgeRange(known, position, response);
    if (answer.type !== 'part') {
      const words =
        answer.type === 'changed' || answer.type === 'ignored' ? '' : await describeError(response, watch.signal);
      watch.release();
      signal.throwIfAborted();
      response.body?.cancel().catch(() => undefined);
      if (answer.type === 'changed') throw changed(options);
      const why = words || 'the storage sent all of it instead of a part';
      if (answer.type === 'refused') throw failed(options, why);
      if (answer.type === 'expired') {
        // What came by the call itself says that there is no other address.
        if (throughApi || !renewable) throw failed(options, why);
        address.expire();
      }
      const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'));
      return patience.failed(why, undefined, retryAfterMs, answer.type !== 'expired');
    }
    if (throughApi) {
      watch.release();
      watch = startWatchdog(seconds, [signal]);
    }
    watch.touch();
    watchdog = watch;
    body = response.body?.getReader() ?? new Blob([]).stream().getReader();
  }

  return {
    async next() {
      while (position < end) {
        signal.throwIfAborted();
        if (!body || !watchdog) {
          await open();
          continue;
        }
        const watch = watchdog;
        try {
          const { done, value } = await abortable(body.read(), watch.signal);
          if (done) throw new ConnectionError(`the body ended after ${position - start} of ${end - start} bytes`);
          watch.touch();
          if (value.length === 0) continue;
          patience.moved();
          const chunk = value.length > end - position ? value.subarray(0, end - position) : value;
          position += chunk.length;
          if (position === end) close();
          return chunk;
        } catch (error) {
          close(error);
          const cause = lost(error, watch, signal, false);
          await patience.failed(`the connection was lost (${cause.message})`, cause);
        }
      }
      return undefined;
    },
    cancel: () => close(),
  };
}

/** All that is left of a part, in one piece of `size` bytes. */
export async function readPart(reader: PartReader, size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (let chunk = await reader.next(); chunk; chunk = await reader.next()) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/**
 * Opens an object with a request for its last `tail` bytes. An answer with all of it is handed on, unread. Throws
 * `TransferError`, and what `from` throws.
 */
export async function openRemoteObject(
  client: KaggleClient,
  from: DownloadFrom,
  tail: number,
  options: RemoteOptions,
): Promise<OpenedObject> {
  const { signal } = options;
  const address = createAddress(client, from);
  const renewable = typeof from === 'function';
  const patience = createPatience(options, signal);
  // A part of unknown place is of no use: then all of it is asked for.
  let whole = false;
  for (;;) {
    const { throughApi } = address;
    const watchdog = startWatchdog(throughApi ? 0 : (options.stallTimeout ?? 60), [signal]);
    let response: Response;
    try {
      const plain = throughApi && !client.platform.opaqueRedirects && { 'accept-encoding': 'identity' };
      response = await address.ask({ ...(!whole && { range: `bytes=-${tail}` }), ...plain }, watchdog.signal);
    } catch (error) {
      const empty = throughApi && error instanceof ApiError && error.status === 416;
      if (empty) return { whole: new Response(null) };
      const cause = lost(error, watchdog, signal, throughApi && !isTransient(error));
      await patience.failed(`the connection was lost (${cause.message})`, cause);
      continue;
    } finally {
      watchdog.release();
    }
    const known = firstFacts(response);
    if (known) {
      const object: RemoteObject = {
        ...known,
        part: (start, end, own) =>
          partOf(client, address, renewable, known, start, end, options, own ? AbortSignal.any([signal, own]) : signal),
      };
      const length = known.size - known.start;
      const bytes = await readBody(response, length, options, known, object);
      return { object, tail: bytes };
    }
    if (response.ok && response.status !== 206) return { whole: response };
    if (response.status === 206 && !whole) {
      response.body?.cancel().catch(() => undefined);
      whole = true;
      continue;
    }
    const words = await describeError(response, signal);
    signal.throwIfAborted();
    const busy = [408, 429].includes(response.status) || response.status >= 500;
    if (!busy) {
      if (throughApi || !renewable) throw failed(options, words);
      address.expire();
    }
    await patience.failed(words, undefined, parseRetryAfter(response.headers.get('retry-after')), busy);
  }
}

/** The body of the first answer; what is missing of it is asked for anew. */
async function readBody(
  response: Response,
  length: number,
  { signal, stallTimeout = 60 }: RemoteOptions,
  known: RemoteFacts & { start: number },
  object: RemoteObject,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  const watchdog = startWatchdog(stallTimeout, [signal]);
  const reader = response.body?.getReader();
  try {
    while (reader && at < length) {
      const { done, value } = await abortable(reader.read(), watchdog.signal);
      if (done) break;
      watchdog.touch();
      const chunk = value.subarray(0, length - at);
      bytes.set(chunk, at);
      at += chunk.length;
    }
  } catch {
    signal.throwIfAborted();
  } finally {
    watchdog.release();
    reader?.cancel().catch(() => undefined);
  }
  if (at < length) bytes.set(await readPart(object.part(known.start + at, known.size), length - at), at);
  return bytes;
}
