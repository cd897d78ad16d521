import { fileError } from '../../core/bytes/file-error.ts';
import { type GrowingBytes, growingBytes } from '../../core/bytes/growing-bytes.ts';
import { pullStream } from '../../core/bytes/pull-stream.ts';
import type { PartialSink } from '../../core/platform.ts';

/** An unfinished file. */
interface Part {
  bytes: GrowingBytes;
  /** Stored as JSON, so that callers cannot modify it. */
  note: string | undefined;
  busy: boolean;
}

/** Creates sinks that a later sink of the same platform can resume. Unfinished files are not entries of a folder. */
export function memoryPartials(): (
  path: string,
  key: string,
  store: (data: Uint8Array, lastModified: Date) => void,
) => PartialSink {
  const parts = new Map<string, Part>();

  return (path, key, store) => {
    const found = parts.get(key);
    const part: Part = found && !found.busy ? found : { bytes: growingBytes(), note: undefined, busy: true };
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
      saved: part.note === undefined ? undefined : { note: JSON.parse(part.note), size: part.bytes.size },
      async write(data, position) {
        check();
        part.bytes.write(data, position);
      },
      read: (start, last) =>
        pullStream(path, start, last, async (buffer, position) => {
          const piece = part.bytes.slice(position, position + buffer.length);
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
        part.bytes = growingBytes();
      },
      async commit(options) {
        check();
        store(part.bytes.copy(), options?.lastModified ?? new Date());
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
