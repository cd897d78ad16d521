/**
 * Bytes of one read on workerd. Its streams yield chunks of 4 KiB unless the reader passes a buffer, and handling a chunk in
 * JavaScript costs more than its bytes. Reading 1 GiB in default chunks took 4.2 s of CPU and 106 MiB more memory than reading
 * 64 MiB; with one reused buffer of 1 MiB it took 0.2 s and 4 MiB.
 */
const bufferSize = 512 * 1024;

/** workerd's extension of the standard: `readAtLeast` waits for `least` bytes or the end of the stream. */
interface FillingReader extends ReadableStreamBYOBReader {
  readAtLeast(least: number, view: Uint8Array<ArrayBuffer>): Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>>;
}

/** A reader of bytes. Each chunk is valid until the next `read`. */
export interface ByteReader {
  /** `true` if each `read` overwrites the chunk before. */
  readonly lends?: boolean;
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(reason?: unknown): Promise<void>;
}

/**
 * Returns a reader of `stream`. On workerd it reuses one buffer, which is faster there; with `full`, each read waits until that
 * buffer is full or the stream ends.
 */
export function byteReader(stream: ReadableStream<Uint8Array>, full = false): ByteReader {
  // Bun exposes BYOB readers but fails to read bodies with them; only workerd is known to benefit.
  const { prototype } = globalThis.ReadableStreamBYOBReader ?? {};
  if (!prototype || !('readAtLeast' in prototype)) return stream.getReader();
  let reader: FillingReader;
  try {
    reader = stream.getReader({ mode: 'byob' }) as FillingReader;
  } catch {
    // A JavaScript stream that is not a byte stream.
    return stream.getReader();
  }
  // Transferred once before the first read, so that V8 sees a detached buffer before it compiles loops over such buffers.
  // Otherwise it deoptimizes these loops for good, and a hash takes ten times as long.
  let buffer = new ArrayBuffer(bufferSize).transfer();
  return {
    lends: true,
    async read() {
      const view = new Uint8Array(buffer);
      const step = await (full ? reader.readAtLeast(bufferSize, view) : reader.read(view));
      // The buffer is detached during the read.
      if (step.value) buffer = step.value.buffer;
      return step;
    },
    cancel: (reason) => reader.cancel(reason),
  };
}
