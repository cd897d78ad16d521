import type { ByteSink, FolderSink } from '../core/platform.ts';

/** A folder in memory for small files. */
export interface Collected extends FolderSink {
  readonly files: Map<string, Uint8Array>;
}

export function collectFolder(): Collected {
  const files = new Map<string, Uint8Array>();
  return {
    files,
    async sink(path): Promise<ByteSink> {
      let bytes = new Uint8Array(0);
      return {
        async write(data, position) {
          const size = Math.max(bytes.length, position + data.length);
          const grown = new Uint8Array(size);
          grown.set(bytes);
          grown.set(data, position);
          bytes = grown;
        },
        async commit() {
          files.set(path, bytes);
        },
        async abort() {},
      };
    },
  };
}

/** Whether two arrays hold the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
