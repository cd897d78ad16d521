import type { ByteSink } from '../platform.ts';
import { fileError } from './file-error.ts';

/**
 * A `WritableStream` as the place for a download: `{ sink: streamSink(writable) }`. Bytes can only be appended, so
 * what is written is visible at once, and a transfer that has to start over or to write out of order fails with
 * `TransferError`. `commit` closes the stream, `abort` aborts it with the reason.
 */
export function streamSink(writable: WritableStream<Uint8Array>, name = 'the stream'): ByteSink {
  const writer = writable.getWriter();
  // A failure shows in `write` and `close`; without this it would also appear as an unhandled rejection.
  writer.closed.catch(() => undefined);
  let next = 0;
  const fail = (error: unknown): never => {
    throw fileError('write', name, error);
  };
  return {
    async write(data, position) {
      if (position !== next) {
        const got = `byte ${position} came where byte ${next} is next`;
        throw fileError('write', name, `a stream takes bytes once and in order: ${got}`);
      }
      next += data.length;
      // Waits until the stream has taken it: a slow reader slows the transfer down.
      await writer.write(data).catch(fail);
    },
    commit: () => writer.close().catch(fail),
    abort: (reason) => writer.abort(reason).catch(() => undefined),
  };
}
