import { type ByteReader, byteReader } from '../../core/bytes/byte-reader.ts';

/** Reads an R2 object by position. */
export interface R2Reader {
  /** Reads into `buffer` from byte `position` on, and resolves to the number of bytes read; 0 at the end. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * Creates a reader that uses one request as long as each read starts where the one before ended. `open` returns the bytes from
 * a position to the end.
 */
export function r2Reader(open: (position: number) => Promise<ReadableStream<Uint8Array>>): R2Reader {
  let reader: ByteReader | undefined;
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
    // If the stream fails, the object can be read again.
    reader ??= byteReader(await open(position), true);
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
        // A concurrent read uses its own request.
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
