import { isReplayable } from '../../bytes/sources.ts';
import { isKaggleError, TransferError } from '../../errors.ts';
import type { ByteSource } from '../../platform.ts';
import type { KaggleClient } from '../../rpc/client.ts';
import { uploadBudget } from '../budget.ts';
import { longBody } from './long-body.ts';
import { createPartReader } from './part-reader.ts';
import { nextPartSize } from './part-size.ts';
import { canStream, type SessionBody } from './put.ts';
import type { RunningHash } from './running-hash.ts';

/** How a file goes: all that is left in one request, in parts that the platform reads itself, or in parts from memory. */
export type Way = 'long' | 'blob' | 'parts';

/** What a client can do for a file larger than one part. */
export interface Means {
  /** The source can be read from any offset again. */
  readonly replayable: boolean;
  /** A body of known length can be sent while it is read. */
  readonly streams: boolean;
  /** The source gives parts as Blobs. */
  readonly blobs: boolean;
}

/** The way for a file of `size` bytes; a small one is read once and sent from memory, in a single request. */
export function chooseWay(size: number, partSize: number, means: Means): Way {
  if (size <= partSize || !means.replayable) return 'parts';
  return means.streams ? 'long' : means.blobs ? 'blob' : 'parts';
}

/** Memory of a long request: what the platform reads into. */
const longBuffers = 2 * 2 ** 20;

/** The longest part that is sent as a Blob, which takes no memory: progress shows only between parts. */
const largestBlob = 64 * 2 ** 20;

/** Gives the bodies of an upload's requests, and hashes every byte once on the way. */
export interface Sender {
  /** Bytes of the next request. */
  readonly partSize: number;
  body(from: number, to: number, signal: AbortSignal): Promise<SessionBody>;
  /** The long request that was to be sent cannot be sent in one piece to that address: from now on in parts. */
  refuseLong(): void;
  /** How long a request took, and whether it failed. */
  measured(milliseconds: number, failed: boolean): void;
  /** Resolves when every byte that was sent is in the hash. */
  hashed(): Promise<void>;
  /** The whole content, if the last request held all of it in memory. */
  whole(): Uint8Array | undefined;
  release(): void;
}

/** `fixed`: parts keep the size that they begin with. */
export function createSender(
  client: KaggleClient,
  source: ByteSource,
  file: string,
  hash: RunningHash,
  options: { partSize: number; fixed: boolean },
): Sender {
  const budget = uploadBudget(client);
  const reader = createPartReader(source, file, budget, hash);
  const replayable = isReplayable(source);
  const blobs = source.blob !== undefined;
  let way = chooseWay(source.size, options.partSize, { replayable, streams: canStream(client), blobs });
  let { partSize } = options;
  let hashing: Promise<void> = Promise.resolve();
  let giveBack: (() => void) | undefined;

  /** Hashes up to `to` from a read of its own. */
  async function catchUp(to: number, signal: AbortSignal): Promise<void> {
    try {
      await hash.catchUp(source, to, signal);
    } catch (error) {
      if (signal.aborted || isKaggleError(error)) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new TransferError(`cannot read ${file}: ${reason}`, { file, cause: error });
    }
  }

  return {
    get partSize() {
      return way === 'long' ? Number.POSITIVE_INFINITY : partSize;
    },
    async body(from, to, signal) {
      await hashing;
      // Where another process sent the beginning, nothing of it was hashed here.
      await catchUp(from, signal);
      if (way === 'parts') return reader.read(from, to, signal);
      if (way === 'blob') {
        hashing = catchUp(to, signal);
        hashing.catch(() => undefined);
        return source.blob!(from, to);
      }
      giveBack ??= await budget.take(longBuffers, signal);
      return longBody(source, from, hash, file);
    },
    refuseLong() {
      way = blobs ? 'blob' : 'parts';
      giveBack?.();
      giveBack = undefined;
    },
    measured(milliseconds, failed) {
      if (options.fixed || way === 'long' || source.size <= options.partSize) return;
      const largest = way === 'blob' ? largestBlob : budget.capacity / 2;
      partSize = nextPartSize(partSize, { milliseconds, failed, largest });
    },
    hashed: () => hashing,
    whole: () => (way === 'parts' ? reader.whole() : undefined),
    release() {
      reader.release();
      giveBack?.();
      giveBack = undefined;
    },
  };
}
