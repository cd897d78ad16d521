/**
 * Bytes of one chunk. workerd hands its own streams out in pieces of 4 KiB unless it is given a buffer to fill, and the
 * way of each piece through JavaScript costs more than the bytes in it: from R2 to a request, 256 MiB took 5.2 s of CPU
 * in pieces of 4 KiB and 2.2 s in pieces of 64 KiB. Larger ones only take more memory.
 */
const chunkSize = 64 * 1024;

/** What workerd's readers can beside the standard: wait until at least so many bytes are there, or the end. */
interface FillingReader {
  readAtLeast(least: number, view: Uint8Array): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

/** The same bytes in chunks of 64 KiB, where the runtime can do that; read only as fast as they are wanted. */
export function inLargeChunks(stream: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const { prototype } = globalThis.ReadableStreamBYOBReader ?? {};
  if (!prototype || !('readAtLeast' in prototype)) return stream;
  const reader = stream.getReader({ mode: 'byob' }) as unknown as FillingReader;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // A buffer of its own for each chunk: whoever takes it may keep it.
        const { done, value } = await reader.readAtLeast(chunkSize, new Uint8Array(chunkSize));
        if (value && value.length > 0) controller.enqueue(value);
        if (done) controller.close();
        // An empty chunk before the end would leave the one who waits without an answer.
        else if (!value || value.length === 0) throw new Error('the stream gave nothing, and did not end');
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
