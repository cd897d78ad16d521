import { abortable } from '../../abortable.ts';
import type { ByteSource, Hasher } from '../../platform.ts';
import { readStream } from '../streams.ts';

/** A hash over a file from its start, whatever is read of it, and however often: each byte counts once. */
export interface RunningHash {
  /** Bytes from the start that are in the hash. */
  readonly position: number;
  /** Hashes what of `data` was not hashed yet. It begins at byte `from`, which is no later than `position`. */
  update(data: Uint8Array, from: number): void | Promise<void>;
  /** Reads and hashes what is missing before byte `to`: an upload that another process began goes on in the middle. */
  catchUp(source: ByteSource, to: number, signal: AbortSignal): Promise<void>;
  /** After all updates; the same each time. */
  digest(): Uint8Array | Promise<Uint8Array>;
}

export function startHash(hasher: Hasher): RunningHash {
  let position = 0;
  let digest: Uint8Array | Promise<Uint8Array> | undefined;

  function update(data: Uint8Array, from: number): void | Promise<void> {
    const end = from + data.length;
    if (end <= position) return;
    const fresh = data.subarray(position - from);
    position = end;
    return hasher.update(fresh);
  }

  return {
    get position() {
      return position;
    },
    update,
    async catchUp(source, to, signal) {
      if (position >= to) return;
      const stream = await abortable(Promise.resolve(source.slice(position, to)), signal);
      await readStream(stream, (chunk) => update(chunk, position), signal);
    },
    digest: () => (digest ??= hasher.digest()),
  };
}
