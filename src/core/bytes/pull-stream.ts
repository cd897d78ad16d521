import { fileError } from './file-error.ts';

/** 1 MiB. Larger reads are no faster, and one stream holds this much in memory. */
const chunkSize = 1 << 20;

/** Fills `buffer` from byte `position` on; resolves to the number of bytes read, 0 at the end of the file. */
export type ReadAt = (buffer: Uint8Array, position: number) => Promise<number>;

/**
 * Returns a stream of the bytes from `start` to `end` that reads only on demand. Fails if the file ends before `end`, because
 * it was truncated meanwhile.
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
            `it was truncated while it was being read (ends at byte ${position} of ${end})`,
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
