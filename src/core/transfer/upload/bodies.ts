import { guardRead, isReplayable } from '../../bytes/sources.ts';
import type { ByteSource, Platform } from '../../platform.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { budgetsOf } from '../budget.ts';
import type { RunningHash } from '../running-hash.ts';
import { createPartBuffer } from './part-buffer.ts';
import { nextPartSize } from './part-size.ts';
import { chooseStrategy, type Strategy } from './strategy.ts';
import { canStream, type StreamedBody, streamedBody } from './streamed-body.ts';

/** The body of one request to a session, and the platform's `put` if that sends it. */
export interface SessionBody {
  readonly length: number;
  readonly content: Uint8Array<ArrayBuffer> | Blob | StreamedBody;
  readonly put?: Platform['put'];
}

/** Memory of a streamed request, in bytes: what the platform reads into. */
const streamBuffers = 2 * 2 ** 20;

/** Largest part that is sent as a Blob, in bytes. It takes no memory, but progress shows only between parts. */
const maxBlobSize = 64 * 2 ** 20;

/** Creates the bodies of an upload's requests, and hashes every byte once on the way. */
export interface Bodies {
  /** Bytes of the next request. */
  readonly partSize: number;
  /** Chooses how the file is sent to `url`. `putFailed`: not by the platform's `put`. */
  chooseStrategyFor(url: string, putFailed: boolean): void;
  /** The body with the bytes from `from` to `to`. */
  body(from: number, to: number, signal: AbortSignal): Promise<SessionBody>;
  /** Adapts the part size to how long a request took, and whether it failed. */
  recordDuration(milliseconds: number, failed: boolean): void;
  /** Resolves when every sent byte is in the hash. */
  hashed(): Promise<void>;
  /** The whole content, if the last request held all of it in memory. */
  whole(): Uint8Array | undefined;
  release(): void;
}

/** Creates the bodies. `fixed`: the part size does not change. */
export function createBodies(
  client: KaggleClient,
  source: ByteSource,
  file: string,
  hash: RunningHash,
  options: { partSize: number; fixed: boolean },
): Bodies {
  const { memory } = budgetsOf(client);
  const part = createPartBuffer(source, file, memory, hash);
  let strategy: Strategy = 'buffer';
  let put: SessionBody['put'];
  let { partSize } = options;
  let hashing: Promise<void> = Promise.resolve();
  let freeMemory: (() => void) | undefined;

  const isWhole = () => strategy === 'put' || strategy === 'stream';
  /** Hashes up to `to` by a separate read. */
  const catchUp = (to: number, signal: AbortSignal) => guardRead(file, signal, () => hash.catchUp(source, to, signal));

  function release(): void {
    freeMemory?.();
    freeMemory = undefined;
  }

  return {
    get partSize() {
      return isWhole() ? Number.POSITIVE_INFINITY : partSize;
    },
    chooseStrategyFor(url, putFailed) {
      const { platform, transport } = client;
      put = putFailed || transport.putReaches?.(url) === false ? undefined : transport.put;
      strategy = chooseStrategy(source.size, options.partSize, {
        replayable: isReplayable(source),
        put: !put ? 'none' : platform.putsSmall ? 'all' : 'large',
        streams: canStream(platform),
        blobs: source.blob !== undefined,
      });
      if (!isWhole()) release();
    },
    async body(from, to, signal) {
      await hashing;
      // If another process sent the beginning, it was not hashed here.
      if (hash.position < from) await catchUp(from, signal);
      const length = to - from;
      if (strategy === 'buffer') return { length, content: await part.fill(from, to, signal) };
      if (strategy === 'blob') {
        hashing = catchUp(to, signal);
        hashing.catch(() => undefined);
        return { length, content: source.blob!(from, to) };
      }
      freeMemory ??= await memory.take(Math.min(streamBuffers, source.size), signal);
      const content = streamedBody(source, from, hash, file);
      return { length, content, ...(strategy === 'put' && { put }) };
    },
    recordDuration(milliseconds, failed) {
      if (options.fixed || isWhole() || source.size <= options.partSize) return;
      const largest = strategy === 'blob' ? maxBlobSize : memory.capacity / 2;
      partSize = nextPartSize(partSize, { milliseconds, failed, largest });
    },
    hashed: () => hashing,
    whole: () => (strategy === 'buffer' ? part.whole() : undefined),
    release() {
      part.release();
      release();
    },
  };
}
