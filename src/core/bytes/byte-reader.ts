/**
 * Bytes of one read on workerd. Its own streams come in pieces of 4 KiB unless they are given a buffer to fill, and the
 * way of each piece through JavaScript costs more than the bytes in it: 1 GiB read in buffers of its own choice took
 * 4.2 s of CPU and 106 MiB more memory than 64 MiB did, by one buffer of 1 MiB that is used again 0.2 s and 4 MiB.
 */
const bufferSize = 512 * 1024;

/** What workerd's readers can beside the standard: they wait until so many bytes are there, or the end. */
interface FillingReader extends ReadableStreamBYOBReader {
  readAtLeast(least: number, view: Uint8Array<ArrayBuffer>): Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>>;
}

/** A reader of bytes. What it gives is good until the next `read`. */
export interface ByteReader {
  /** Each `read` overwrites what the one before gave. */
  readonly lends?: boolean;
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

/**
 * A reader of `stream` that fills one buffer again and again where the runtime gains by that: workerd. With `full` it
 * waits there until the buffer is full or the stream has ended.
 */
export function byteReader(stream: ReadableStream<Uint8Array>, full = false): ByteReader {
  // Bun says that it has such readers, and then fails to read bodies by them: only workerd is known to gain.
  const { prototype } = globalThis.ReadableStreamBYOBReader ?? {};
  if (!prototype || !('readAtLeast' in prototype)) return stream.getReader();
  let reader: FillingReader;
  try {
    reader = stream.getReader({ mode: 'byob' }) as FillingReader;
  } catch {
    // A stream of JavaScript's that is none of bytes.
    return stream.getReader();
  }
  // Moved once before the first read, so that V8 knows of it before loops over such buffers are compiled: when it learns
  // of it while it compiles one, it never tries that again, and a hash takes ten times as long.
  let buffer = new ArrayBuffer(bufferSize).transfer();
  return {
    lends: true,
    async read() {
      const view = new Uint8Array(buffer);
      const step = await (full ? reader.readAtLeast(bufferSize, view) : reader.read(view));
      // It was taken away for the time of the read.
      if (step.value) buffer = step.value.buffer;
      return step;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}
