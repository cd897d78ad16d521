import { builtin } from './node-modules.ts';

/**
 * Raw DEFLATE by zlib, in the thread pool. The output buffer is made large enough for all of it, so that an entry takes
 * one way through the pool instead of one for every 16 KiB. Rejects when more comes out than was announced.
 */
export function nodeInflate(data: Uint8Array, size: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // zlib asks again when its buffer is full, hence a few bytes more; 64 is the least that it takes.
    const options = { chunkSize: Math.max(64, size + 16), maxOutputLength: Math.max(1, size) };
    builtin('node:zlib').inflateRaw(data, options, (error, result) => {
      if (error) reject(error);
      else resolve(result);
    });
  });
}
