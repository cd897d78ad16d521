import type { Limits } from './limits.ts';
import { lateBody, slowest } from './read-bytes.ts';
import { Refusal } from './refusal.ts';

/** The body of a request of a page, which has to arrive in time and with the announced length. */
export interface Incoming {
  /** Aborts with the reason if the page or the storage stalls, or the page is gone. */
  readonly signal: AbortSignal;
  /** The next chunk; `undefined` at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Fills `buffer`, except at the end, and returns the number of bytes. */
  read(buffer: Uint8Array): Promise<number>;
  /** Ends all timers, and cancels what was not read. */
  close(): void;
}

/** Starts reading a body of `length` bytes. */
export function openIncoming(request: Request, length: number, { stall, timeout }: Limits): Incoming {
  const controller = new AbortController();
  const reader = request.body!.getReader();
  const late = lateBody();
  const busy = new Refusal(504, 'the storage did not respond in time; try again');
  let received = 0;
  let rest = new Uint8Array(0) as Uint8Array;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => controller.abort(request.signal.reason);
  request.signal.addEventListener('abort', stop, { once: true });
  const abortAfter = (seconds: number, reason: Refusal) =>
    setTimeout(() => controller.abort(reason), Math.min(seconds * 1000, 2 ** 31 - 1));
  const overall = abortAfter(stall + length / slowest, late);
  const watch = (seconds: number, reason: Refusal) => {
    clearTimeout(timer);
    timer = abortAfter(seconds, reason);
  };
  watch(timeout, busy);

  async function next(): Promise<Uint8Array | undefined> {
    watch(stall, late);
    const { done, value } = await reader.read();
    watch(timeout, busy);
    received += value?.length ?? 0;
    if (received > length || (done && received < length)) {
      const error = new Refusal(
        400,
        `expected a body of ${length} bytes, got ${done ? received : 'more'}`,
        'content-length',
      );
      controller.abort(error);
      throw error;
    }
    if (received === length) clearTimeout(overall);
    return done ? undefined : value;
  }

  return {
    signal: controller.signal,
    next,
    async read(buffer) {
      let count = 0;
      while (count < buffer.length) {
        const chunk = rest.length > 0 ? rest : await next();
        if (!chunk) break;
        const part = chunk.subarray(0, buffer.length - count);
        rest = chunk.subarray(part.length);
        buffer.set(part, count);
        count += part.length;
      }
      return count;
    },
    close() {
      clearTimeout(timer);
      clearTimeout(overall);
      request.signal.removeEventListener('abort', stop);
      reader.cancel().catch(() => undefined);
    },
  };
}
