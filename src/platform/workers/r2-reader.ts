/** Bytes of one read: pieces of the 4 KiB that workerd chooses by itself cost more to hand on than to send. */
const bufferSize = 512 * 1024;

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array }>;
  cancel(): Promise<void>;
}

/** What workerd's readers can beside the standard: they wait until so many bytes are there, or the end. */
interface FillingReader extends ReadableStreamBYOBReader {
  readAtLeast?(
    least: number,
    view: Uint8Array<ArrayBuffer>,
  ): Promise<{ done: boolean; value?: Uint8Array<ArrayBuffer> }>;
}

/** A reader that fills one buffer again and again, where the stream is one of bytes. */
function readerOf(stream: ReadableStream<Uint8Array>): Reader {
  let reader: FillingReader;
  try {
    reader = stream.getReader({ mode: 'byob' });
  } catch {
    return stream.getReader();
  }
  // Moved once before the first read, so that V8 knows of it before loops over such buffers are compiled: when it learns
  // of it while it compiles one, it never tries that again, and a hash takes ten times as long.
  let buffer = new ArrayBuffer(bufferSize).transfer();
  return {
    async read() {
      const view = new Uint8Array(buffer);
      // Nothing is lost when the stream fails in between: what was read of an object is read again.
      const step = await (reader.readAtLeast?.(bufferSize, view) ?? reader.read(view));
      // It was taken away for the time of the read.
      if (step.value) buffer = step.value.buffer;
      return step;
    },
    cancel: () => reader.cancel(),
  };
}

export interface R2Reader {
  /** Fills `buffer` from byte `position` on, and answers how many bytes it got, 0 at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * Reads an object by position, over one request as long as each read goes on where the one before ended; `open` gives
 * the bytes from a position to the end.
 */
export function r2Reader(open: (position: number) => Promise<ReadableStream<Uint8Array>>): R2Reader {
  let reader: Reader | undefined;
  let rest: Uint8Array = new Uint8Array(0);
  let next = 0;
  let busy = false;

  async function close(): Promise<void> {
    const opened = reader;
    reader = undefined;
    rest = new Uint8Array(0);
    await opened?.cancel().catch(() => undefined);
  }

  async function fill(buffer: Uint8Array, position: number): Promise<number> {
    if (position !== next) await close();
    next = position;
    reader ??= readerOf(await open(position));
    while (rest.length === 0) {
      const { done, value } = await reader.read();
      if (value) rest = value;
      if (done) return 0;
    }
    const taken = rest.subarray(0, buffer.length);
    buffer.set(taken);
    rest = rest.subarray(taken.length);
    next += taken.length;
    return taken.length;
  }

  return {
    close,
    async read(buffer, position) {
      if (busy) {
        // Two at once: the second has a request of its own.
        const other = r2Reader(open);
        return other.read(buffer, position).finally(other.close);
      }
      busy = true;
      try {
        return await fill(buffer, position);
      } catch (error) {
        await close();
        throw error;
      } finally {
        busy = false;
      }
    },
  };
}
