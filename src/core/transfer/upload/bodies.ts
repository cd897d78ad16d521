import { guardRead, isReplayable } from '../../bytes/sources.ts';
import type { ByteSource, Platform } from '../../platform.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { budgetsOf } from '../budget.ts';
import { createPartBuffer } from './part-buffer.ts';
import { nextPartSize } from './part-size.ts';
import type { RunningHash } from './running-hash.ts';
import { chooseStrategy, type Strategy } from './strategy.ts';
import { canStream, type StreamedBody, streamedBody } from './streamed-body.ts';

/** The body of one request to a session, and the platform's `put` where that is to send it. */
export interface SessionBody {
  readonly length: number;
  readonly content: Uint8Array<ArrayBuffer> | Blob | StreamedBody;
  readonly put?: Platform['put'];
}

/** Memory of a request that is read as it is sent: what the platform reads into. */
const streamBuffers = 2 * 2 ** 20;

/** The longest part that is sent as a Blob, which takes no memory: progress shows only between parts. */
const largestBlob = 64 * 2 ** 20;

/** Gives the bodies of an upload's requests, and hashes every byte once on the way. */
export interface Bodies {
  /** Bytes of the next request. */
  readonly partSize: number;
  /** Chooses how the file goes to `url`; `putFails`: not by the platform's `put`. */
  address(url: string, putFails: boolean): void;
  /** The body with the bytes from `from` to `to`. */
  body(from: number, to: number, signal: AbortSignal): Promise<SessionBody>;
  /** How long a request took, and whether it failed. */
  measured(milliseconds: number, failed: boolean): void;
  /** Resolves when every byte that was sent is in the hash. */
  hashed(): Promise<void>;
  /** The whole content, if the last request held all of it in memory. */
  whole(): Uint8Array | undefined;
  release(): void;
}

/** `fixed`: parts keep the size that they begin with. */
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
  let giveBack: (() => void) | undefined;

  const isWhole = () => strategy === 'put' || strategy === 'stream';
  /** Hashes up to `to` from a read of its own. */
  const catchUp = (to: number, signal: AbortSignal) => guardRead(file, signal, () => hash.catchUp(source, to, signal));

  function release(): void {
    giveBack?.();
    giveBack = undefined;
  }

  return {
    get partSize() {
      return isWhole() ? Number.POSITIVE_INFINITY : partSize;
    },
    address(url, putFails) {
      const { platform, transport } = client;
      put = putFails || transport.putReaches?.(url) === false ? undefined : transport.put;
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
      // Where another process sent the beginning, nothing of it was hashed here.
      if (hash.position < from) await catchUp(from, signal);
      const length = to - from;
      if (strategy === 'buffer') return { length, content: await part.fill(from, to, signal) };
      if (strategy === 'blob') {
        hashing = catchUp(to, signal);
        hashing.catch(() => undefined);
        return { length, content: source.blob!(from, to) };
      }
      giveBack ??= await memory.take(Math.min(streamBuffers, source.size), signal);
      const content = streamedBody(source, from, hash, file);
      return { length, content, ...(strategy === 'put' && { put }) };
    },
    measured(milliseconds, failed) {
      if (options.fixed || isWhole() || source.size <= options.partSize) return;
      const largest = strategy === 'blob' ? largestBlob : memory.capacity / 2;
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
