import { broken } from '../broken.ts';
import type { ByteCursor } from '../byte-cursor.ts';
import { blockSize, readPax, readTarHeader, type TarHeader, withPax } from './header.ts';

/** Records of headers are held in memory: a path is not longer. */
const largestRecord = 2 ** 20;

/** The header of the next entry, whatever stands before it; `undefined` at the end. */
export async function nextHeader(
  file: string,
  cursor: ByteCursor,
  global: Map<string, string>,
): Promise<TarHeader | undefined> {
  let pax = new Map(global);
  for (;;) {
    const block = await cursor.take(blockSize);
    if (block.length === 0) return undefined;
    if (block.length < blockSize) throw broken(file, 'it ends in the middle of a header');
    const header = readTarHeader(file, block);
    if (!header) return undefined;
    if (!'xgLK'.includes(header.type)) return withPax(file, header, pax);
    if (header.size > largestRecord) throw broken(file, 'a header in it is too long');
    const record = await cursor.take(header.size);
    await skipPadding(cursor, header.size);
    if (record.length < header.size) throw broken(file, 'it ends in the middle of a header');
    if (header.type === 'L') pax.set('path', new TextDecoder().decode(record).replace(/\0.*$/s, ''));
    if (header.type === 'x') pax = new Map([...pax, ...readPax(file, record)]);
    if (header.type === 'g') for (const [key, value] of readPax(file, record)) global.set(key, value);
  }
}

/** Bytes behind the content of a file, up to the next block. */
export const paddingOf = (size: number): number => (blockSize - (size % blockSize)) % blockSize;
export const skipPadding = (cursor: ByteCursor, size: number): Promise<void> => cursor.skip(paddingOf(size));
