import { TransferError } from '../errors.ts';
import type { ByteSink } from '../platform.ts';

/**
 * A `WritableStream` as the place for one file. Bytes go out as they come, in order: what was handed on cannot be taken
 * back, so a transfer that would have to start over fails instead. `commit` closes the stream, `abort` aborts it.
 */
export function writableSink(stream: WritableStream<Uint8Array>, file: string): ByteSink {
  const writer = stream.getWriter();
  // A failure shows in `write` and `close`; nobody else waits for it.
  writer.closed.catch(() => undefined);
  let next = 0;
  return {
    async write(data, position) {
      if (position !== next) {
        const message = `downloading ${file} would have to start over, but its first ${next} bytes went into a stream`;
        throw new TransferError(message, { file });
      }
      next += data.length;
      await writer.ready;
      await writer.write(data);
    },
    commit: () => writer.close(),
    abort: (reason) => writer.abort(reason).catch(() => undefined),
  };
}
