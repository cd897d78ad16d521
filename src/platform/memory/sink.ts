import { fileError } from '../../core/bytes/file-error.ts';
import type { ByteSink } from '../../core/platform.ts';

/** Collects positional writes in one growing array, which `commit` hands to `store`. */
export function memorySink(path: string, store: (data: Uint8Array, lastModified: Date) => void): ByteSink {
  let buffer: Uint8Array | undefined = new Uint8Array(1024);
  let size = 0;
  return {
    positional: true,
    async write(data, position) {
      if (!buffer) throw fileError('write', path, 'it is already closed');
      const end = position + data.length;
      if (end > buffer.length) {
        const larger = new Uint8Array(Math.max(end, buffer.length * 2));
        larger.set(buffer.subarray(0, size));
        buffer = larger;
      }
      buffer.set(data, position);
      size = Math.max(size, end);
    },
    async commit(options) {
      if (!buffer) throw fileError('write', path, 'it is already closed');
      store(buffer.slice(0, size), options?.lastModified ?? new Date());
      buffer = undefined;
    },
    async abort() {
      buffer = undefined;
    },
  };
}
