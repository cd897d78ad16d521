import { abortable } from '../abortable.ts';
import { byteReader } from '../bytes/byte-reader.ts';

/**
 * Reads `stream` to its end and passes each chunk to `take`, which is awaited; the chunk is valid until then. An abort rejects
 * immediately. On abort, and if `take` throws, the stream is canceled.
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

/** Combines signals, some of which may be absent. Never aborts if all are. */
export function joinSignals(...signals: (AbortSignal | undefined)[]): AbortSignal {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length === 1 ? given[0]! : AbortSignal.any(given);
}
