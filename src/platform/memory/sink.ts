import { fileError } from '../../core/bytes/file-error.ts';
import { type GrowingBytes, growingBytes } from '../../core/bytes/growing-bytes.ts';
import type { ByteSink } from '../../core/platform.ts';

/** Creates a sink that passes its content to `store` on `commit`. */
export function memorySink(path: string, store: (data: Uint8Array, lastModified: Date) => void): ByteSink {
  let bytes: GrowingBytes | undefined = growingBytes();
  const opened = (): GrowingBytes => {
    if (bytes) return bytes;
    throw fileError('write', path, 'it is already closed');
  };
  return {
    positional: true,
    write: async (data, position) => opened().write(data, position),
    async commit(options) {
      store(opened().copy(), options?.lastModified ?? new Date());
      bytes = undefined;
    },
    async abort() {
      bytes = undefined;
    },
  };
}
