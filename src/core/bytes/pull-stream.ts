import { fileError } from './file-error.ts';

/** 1 MiB: larger reads are no faster, and this is what one stream holds at a time. */
const chunkSize = 1 << 20;

/** Fills `buffer` from byte `position` on; resolves to the number of bytes read, 0 at the end of the file. */
export type ReadAt = (buffer: Uint8Array, position: number) => Promise<number>;

/**
 * The bytes from `start` to `end` as a stream that reads only when it is asked for more. Fails when the file ends
 * before `end`: it was truncated while it was being read.
 */
export function pullStream(path: string, start: number, end: number, readAt: ReadAt): ReadableStream<Uint8Array> {
  let position = start;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (position >= end) return controller.close();
        const buffer = new Uint8Array(Math.min(chunkSize, end - position));
        let count: number;
        try {
          count = await readAt(buffer, position);
        } catch (error) {
          throw fileError('read', path, error);
        }
        if (count === 0) {
          throw fileError(
            'read',
            path,
            `it ends at byte ${position} of ${end}: it was truncated while it was being read`,
          );
        }
        position += count;
        controller.enqueue(count === buffer.length ? buffer : buffer.subarray(0, count));
        if (position >= end) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
