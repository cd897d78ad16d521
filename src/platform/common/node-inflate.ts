import type { Inflater } from '../../core/platform.ts';
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

/**
 * The same for a stream. Its buffers are sixteen times those of `DecompressionStream`, and no other stream is around it:
 * on Node that halves the work.
 */
export function nodeInflater(format: 'deflate-raw' | 'gzip'): Inflater {
  const { createGunzip, createInflateRaw } = builtin('node:zlib');
  const stream = (format === 'gzip' ? createGunzip : createInflateRaw)({ chunkSize: 256 * 1024 });
  let made: Uint8Array[] = [];
  let failure: { error: Error } | undefined;
  let fail: (error: Error) => void = () => undefined;
  let ended = false;
  stream.on('data', (chunk) => made.push(chunk));
  stream.on('end', () => {
    ended = true;
  });
  stream.on('error', (error) => {
    failure = { error };
    fail(error);
  });

  function step(start: (done: () => void) => void): Promise<readonly Uint8Array[]> {
    return new Promise((resolve, reject) => {
      if (failure) return reject(failure.error);
      fail = reject;
      start(() => {
        const chunks = made;
        made = [];
        resolve(chunks);
      });
    });
  }

  return {
    push: (packed) => step((done) => stream.write(packed, () => failure ?? done())),
    // Ends when everything has been read from it, not when everything has been written to it: before that, where something
    // stands behind the packed bytes.
    end: () =>
      step((done) => {
        if (ended) return done();
        stream.on('end', done);
        stream.end();
      }),
    close: () => stream.destroy(),
  };
}
