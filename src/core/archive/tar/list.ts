import type { ByteSource } from '../../platform.ts';
import { type ByteCursor, createCursor } from '../byte-cursor.ts';
import { nextHeader, paddingOf } from './header.ts';

/** Content of up to this many bytes is read instead of skipped: the next header comes with it. */
const smallSize = 64 * 1024;

/** An open stream of a source. */
interface Opened {
  readonly cursor: ByteCursor;
  close(): void;
}

function open(stream: ReadableStream<Uint8Array>, start: number): Opened {
  const reader = stream.getReader();
  return {
    cursor: createCursor(async () => (await reader.read()).value, start),
    close: () => void reader.cancel().catch(() => undefined),
  };
}

/**
 * The regular files of a tar or tar.gz archive. Of an uncompressed one, little more than the headers is read. Throws `TransferError`
 * for invalid data, and what `DecompressionStream` throws.
 */
export async function listTar(file: string, source: ByteSource): Promise<{ name: string; size: number }[]> {
  const from = async (start: number) => open(await source.slice(start, source.size), start);
  const global = new Map<string, string>();
  const found: { name: string; size: number }[] = [];
  let { cursor, close } = await from(0);
  try {
    const magic = await cursor.peek(2);
    const packed = magic[0] === 0x1f && magic[1] === 0x8b;
    if (packed) {
      close();
      const bytes = (await source.slice(0, source.size)) as ReadableStream<BufferSource>;
      ({ cursor, close } = open(bytes.pipeThrough(new DecompressionStream('gzip')), 0));
    }
    const next = () => nextHeader(file, cursor, global, true);
    for (let header = await next(); header; header = await next()) {
      const { name, size, type } = header;
      if (!'07'.includes(type)) continue;
      if (!name.endsWith('/')) found.push({ name, size });
      const content = size + paddingOf(size);
      if (packed || content <= smallSize) await cursor.skip(content);
      else {
        const behind = Math.min(cursor.position + content, source.size);
        close();
        ({ cursor, close } = await from(behind));
      }
    }
    return found;
  } finally {
    close();
  }
}
