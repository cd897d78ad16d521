import type { ByteSink } from '../platform.ts';
import { fileError } from './file-error.ts';

/**
 * Wraps a `WritableStream` as the target of a download. Bytes can only be appended: they are visible at once, and a transfer
 * that must restart or write out of order fails with `TransferError`. `commit` closes the stream, `abort` aborts it.
 *
 * @param name - What errors call the stream. @default 'stream'
 * @example
 * ```ts
 * import { createClient, streamSink } from 'kaggle-ts';
 * import { download } from 'kaggle-ts/datasets';
 *
 * const { writable } = new TransformStream<Uint8Array, Uint8Array>();
 * const file = { owner: 'alice', slug: 'my-points', file: 'points.csv' };
 * await download(createClient(), file, streamSink(writable, 'points.csv'));
 * ```
 */
export function streamSink(writable: WritableStream<Uint8Array>, name = 'stream'): ByteSink {
  const writer = writable.getWriter();
  // `write` and `close` report failures; without this they would also appear as unhandled rejections.
  writer.closed.catch(() => undefined);
  let next = 0;
  const fail = (error: unknown): never => {
    throw fileError('write', name, error);
  };
  return {
    async write(data, position) {
      if (position !== next) {
        throw fileError('write', name, `a stream takes bytes in order (got byte ${position}, expected ${next})`);
      }
      next += data.length;
      // Backpressure: a slow reader slows the transfer down.
      await writer.write(data).catch(fail);
    },
    commit: () => writer.close().catch(fail),
    abort: (reason) => writer.abort(reason).catch(() => undefined),
  };
}
