import { abortable } from '../../abortable.ts';
import { guardRead, isReplayable } from '../../bytes/sources.ts';
import type { ByteSource } from '../../platform.ts';
import type { Budget } from '../budget.ts';
import type { RunningHash } from '../running-hash.ts';
import { readStream } from '../streams.ts';
import { uploadError } from './upload-error.ts';

/** Holds the part of a source that is being sent. */
export interface PartBuffer {
  /** Reads the bytes from `from` to `to`. Does not read again what the previous part still holds. */
  fill(from: number, to: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** The whole content, if the last part contained all of it. */
  whole(): Uint8Array | undefined;
  /** Frees the memory. */
  release(): void;
}

/** Reads `stream` into `target`, which it must fill exactly. */
async function readInto(
  stream: ReadableStream<Uint8Array>,
  target: Uint8Array,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  let at = 0;
  const take = (chunk: Uint8Array) => {
    if (at + chunk.length > target.length)
      throw uploadError(file, 'its source returned more bytes than requested; fix its slice()');
    target.set(chunk, at);
    at += chunk.length;
  };
  await readStream(stream, take, signal);
  if (at < target.length) throw uploadError(file, 'the file became shorter during the upload; upload it again');
}

/** A buffer for one part of `source`, counted in `budget`. Every byte is hashed once, in order. */
export function createPartBuffer(source: ByteSource, file: string, budget: Budget, hash: RunningHash): PartBuffer {
  let start = 0;
  let bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  let freeMemory: (() => void) | undefined;

  function release(): void {
    bytes = new Uint8Array(0);
    freeMemory?.();
    freeMemory = undefined;
  }

  return {
    release,
    whole: () => (start === 0 && bytes.length === source.size ? bytes : undefined),
    async fill(from, to, signal) {
      const end = start + bytes.length;
      const kept = from >= start && from < end ? bytes.subarray(from - start, Math.min(to, end) - start) : undefined;
      if (kept && from + kept.length === to) return kept;
      release();
      freeMemory = await budget.take(to - from, signal);
      const part = new Uint8Array(to - from);
      if (kept) part.set(kept);
      const first = from + (kept?.length ?? 0);
      try {
        if (first < to || (to === 0 && !isReplayable(source))) {
          await guardRead(file, signal, async () => {
            const stream = await abortable(Promise.resolve(source.slice(first, to)), signal);
            await readInto(stream, part.subarray(first - from), file, signal);
          });
        }
      } catch (error) {
        release();
        throw error;
      }
      await hash.update(part, from);
      start = from;
      bytes = part;
      return part;
    },
  };
}
