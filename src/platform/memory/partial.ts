import { fileError } from '../../core/bytes/file-error.ts';
import { pullStream } from '../../core/bytes/pull-stream.ts';
import type { PartialSink } from '../../core/platform.ts';

/** The bytes of an unfinished file, and what is known of them. */
interface Part {
  buffer: Uint8Array;
  size: number;
  /** JSON, so that nobody shares an object with it. */
  note: string | undefined;
  busy: boolean;
}

/** Opens parts that stay for the next to go on with, as long as the platform lives; they are no entries of a folder. */
export function memoryPartials(): (
  path: string,
  key: string,
  store: (data: Uint8Array, lastModified: Date) => void,
) => PartialSink {
  const parts = new Map<string, Part>();

  return (path, key, store) => {
    const found = parts.get(key);
    const part: Part =
      found && !found.busy ? found : { buffer: new Uint8Array(1024), size: 0, note: undefined, busy: true };
    part.busy = true;
    if (!found) parts.set(key, part);
    let open = true;
    const check = (): void => {
      if (!open) throw fileError('write', path, 'it is already closed');
    };
    const end = (): void => {
      open = false;
      part.busy = false;
      if (parts.get(key) === part) parts.delete(key);
    };
    return {
      positional: true,
      saved: part.note === undefined ? undefined : { note: JSON.parse(part.note), size: part.size },
      async write(data, position) {
        check();
        const last = position + data.length;
        if (last > part.buffer.length) {
          const larger = new Uint8Array(Math.max(last, part.buffer.length * 2));
          larger.set(part.buffer.subarray(0, part.size));
          part.buffer = larger;
        }
        part.buffer.set(data, position);
        part.size = Math.max(part.size, last);
      },
      read: (start, last) =>
        pullStream(path, start, last, async (buffer, position) => {
          const piece = part.buffer.subarray(position, Math.min(position + buffer.length, part.size));
          buffer.set(piece);
          return piece.length;
        }),
      async note(value) {
        check();
        part.note = JSON.stringify(value);
      },
      async restart() {
        check();
        part.note = undefined;
        part.buffer = new Uint8Array(1024);
        part.size = 0;
      },
      async commit(options) {
        check();
        store(part.buffer.slice(0, part.size), options?.lastModified ?? new Date());
        end();
      },
      async abort() {
        if (open) end();
      },
      async leave() {
        open = false;
        part.busy = false;
      },
    };
  };
}
