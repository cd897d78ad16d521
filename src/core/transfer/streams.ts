import { abortable } from '../abortable.ts';
import { byteReader } from '../bytes/byte-reader.ts';

/**
 * Reads `stream` to its end and hands each piece to `take`, which is awaited; the piece is lent until then. An abort
 * rejects at once, whatever the stream does; then, and when `take` throws, the stream is cancelled.
 */
export async function readStream(
  stream: ReadableStream<Uint8Array>,
  take: (chunk: Uint8Array) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const reader = byteReader(stream);
  try {
    for (;;) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done || !value) return;
      const taken = take(value);
      if (taken) await taken;
    }
  } catch (error) {
    reader.cancel(error).catch(() => undefined);
    throw error;
  }
}

/** One signal for several that may be absent; never aborted when there is none. */
export function joinSignals(...signals: (AbortSignal | undefined)[]): AbortSignal {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length === 1 ? given[0]! : AbortSignal.any(given);
}
