import { abortable } from '../../abortable.ts';
import { type ByteReader, byteReader } from '../../bytes/byte-reader.ts';
import { ConnectionError, TransferError } from '../../errors.ts';
import { redactError } from '../../redact.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { pauseFor } from '../pause.ts';
import type { Address, Route } from '../ranged/address.ts';
import type { ContentFacts } from '../ranged/content.ts';
import { type RangeResponse, requestRange } from '../ranged/request.ts';
import { decideRetry, explainFailure, type Failure, firstAttempt } from '../ranged/retry.ts';

/** Options for reading a remote object. */
export interface RemoteOptions {
  /** Name of the object in errors. */
  file: string;
  /** Aborts all reads. */
  signal: AbortSignal;
  /**
   * Seconds without data after which the connection counts as lost; 0 for no limit.
   * @default 60
   */
  stallTimeout?: number | undefined;
  /**
   * Attempts in a row without new data before a read fails.
   * @default 5
   */
  retries?: number | undefined;
  /**
   * The object may be an HTML page.
   * @default false
   */
  mayBePage?: boolean | undefined;
  /** Called for each new request after a failure. */
  onRetry?: (() => void) | undefined;
}

/** Reads one range of an object from its start to its end. */
export interface RangeReader {
  /** The next bytes, or `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Closes the connection. */
  cancel(): void;
}

/** The address of an object, and what is known about it. */
export interface RemoteSource {
  readonly client: KaggleClient;
  readonly address: Address;
  readonly facts: ContentFacts;
}

/** The object changed on the server. Earlier bytes belong to the old one. */
export class ObjectChangedError extends TransferError {}

/**
 * Returns a function that waits until a failed request may be retried, or throws. `received`: bytes received so far.
 */
export function createRetries(
  { client, address }: Pick<RemoteSource, 'client' | 'address'>,
  options: RemoteOptions,
  signal: AbortSignal,
): (failure: Failure, route: Route, received: number) => Promise<void> {
  const { file, retries = 5 } = options;
  let state = firstAttempt;
  let lastFailure: number | undefined;
  return async (failure, route, received) => {
    if (failure.type === 'changed') {
      throw new ObjectChangedError(
        `cannot read "${file}": the file changed on the server while it was being read; open it again`,
        { file },
      );
    }
    const now = client.clock.now();
    const elapsed = lastFailure === undefined ? undefined : now - lastFailure;
    const next = decideRetry(state, failure, { received, elapsed, retries, renewable: address.renewable });
    state = next.state;
    lastFailure = now;
    const { action } = next;
    if (action.type === 'fail') {
      const message = `cannot read "${file}": ${explainFailure(failure, state, retries)}`;
      throw new TransferError(message, { file, cause: failure.type === 'lost' ? failure.cause : undefined });
    }
    options.onRetry?.();
    if (action.type === 'renew') route.expire();
    if (action.type === 'pause') await pauseFor(client, action, signal);
  };
}

/**
 * Reads the bytes from `start` to `end`, in one request as long as the connection holds. With `lends`, a chunk is valid until the next
 * call only, which is faster on Workers.
 */
export function createRangeReader(
  { client, address, facts }: RemoteSource,
  start: number,
  end: number,
  options: RemoteOptions & { readonly lends?: boolean },
  signal: AbortSignal,
): RangeReader {
  const retry = createRetries({ client, address }, options, signal);
  const stall = options.stallTimeout ?? 60;
  let position = start;
  let open: { reader: ByteReader; answered: RangeResponse; route: Route } | undefined;

  function close(reason?: unknown): void {
    open?.reader.cancel(reason).catch(() => undefined);
    open?.answered.watchdog.release();
    open = undefined;
  }
  /** Makes one request. Afterwards it is open, or a failure was handled. */
  async function request(): Promise<void> {
    const route = address.route();
    const answered = await requestRange({ start: position, end }, { client, route, known: facts, stall, signal });
    if (!('response' in answered)) return retry(answered, route, position - start);
    const { type, response, watchdog } = answered;
    if (type === 'whole' && position > 0) {
      response.body?.cancel().catch(() => undefined);
      watchdog.release();
      return retry({ type: 'ignored' }, route, position - start);
    }
    const body = response.body ?? new Blob([]).stream();
    open = { reader: options.lends ? byteReader(body) : body.getReader(), answered, route };
  }

  return {
    async next() {
      while (position < end) {
        signal.throwIfAborted();
        if (!open) {
          await request();
          continue;
        }
        const { reader, answered, route } = open;
        const { watchdog } = answered;
        try {
          const { done, value } = await abortable(reader.read(), watchdog.signal);
          if (done || !value)
            throw new ConnectionError(`the response ended after ${position - start} of ${end - start} bytes`);
          watchdog.touch();
          if (value.length === 0) continue;
          const chunk = value.length > end - position ? value.subarray(0, end - position) : value;
          position += chunk.length;
          if (position === end) close();
          return chunk;
        } catch (error) {
          close(error);
          signal.throwIfAborted();
          const cause = error instanceof ConnectionError ? error : redactError(error);
          await retry({ type: 'lost', cause }, route, position - start);
        }
      }
      return undefined;
    },
    cancel: () => close(),
  };
}

/** Everything a reader returns, as one array of `size` bytes. */
export async function readAll(reader: RangeReader, size: number): Promise<Uint8Array> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (let chunk = await reader.next(); chunk; chunk = await reader.next()) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
