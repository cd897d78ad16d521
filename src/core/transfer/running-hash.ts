import { abortable } from '../abortable.ts';
import type { ByteSource, Hasher } from '../platform.ts';
import { readStream } from './streams.ts';

/** A hash over a file from its start, in which each byte counts once, however often it is read. */
export interface RunningHash {
  /** Bytes from the start that are hashed. */
  readonly position: number;
  /**
   * Hashes the bytes of `data` that are not hashed yet. `from` is the position of its first byte, at most `position`.
   */
  update(data: Uint8Array, from: number): void | Promise<void>;
  /** Reads and hashes the missing bytes before `to`, which another process sent. */
  catchUp(source: ByteSource, to: number, signal: AbortSignal): Promise<void>;
  /** Call it after all updates; it always returns the same. */
  digest(): Uint8Array | Promise<Uint8Array>;
}

/** Bytes of a blob that another thread reads at once, so that an abort takes effect soon. */
const blobSize = 4 * 2 ** 20;

/** Starts a hash. `position`: bytes from the start that `hasher` has hashed already. */
export function startHash(hasher: Hasher, position = 0): RunningHash {
  let digest: Uint8Array | Promise<Uint8Array> | undefined;

  function update(data: Uint8Array, from: number): void | Promise<void> {
    const end = from + data.length;
    if (end <= position) return;
    const fresh = data.subarray(position - from);
    position = end;
    return hasher.update(fresh);
  }

  async function addBlobs(source: ByteSource, to: number, signal: AbortSignal): Promise<void> {
    while (position < to && !signal.aborted) {
      const end = Math.min(to, position + blobSize);
      await hasher.updateBlob!(source.blob!(position, end));
      position = end;
    }
  }

  return {
    get position() {
      return position;
    },
    update,
    async catchUp(source, to, signal) {
      // A blob that cannot be read by another thread is read here, which tells why.
      if (hasher.updateBlob && source.blob) await addBlobs(source, to, signal).catch(() => undefined);
      if (position >= to) return;
      const stream = await abortable(Promise.resolve(source.slice(position, to)), signal);
      await readStream(stream, (chunk) => update(chunk, position), signal);
    },
    digest: () => (digest ??= hasher.digest()),
  };
}
