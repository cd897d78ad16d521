import type { ByteSource } from '../../core/platform.ts';
import { fileError } from '../common/file-error.ts';
import { pullStream } from '../common/pull-stream.ts';

/**
 * A `File` or `Blob` as the source of an upload. A `File` stands for the content at the time it was chosen: when the
 * file on disk changed since, reading it and `identity` throw `TransferError`.
 */
export function fileSource(file: Blob, name: string | undefined = (file as File).name): ByteSource {
  const lastModified = (file as File).lastModified;
  const label = name ?? 'the blob';
  const path = (file as File).webkitRelativePath || name;
  return {
    name,
    size: file.size,
    lastModified: lastModified === undefined ? undefined : new Date(lastModified),
    // A page is not told where a file is: its name, size and time have to do. A mere Blob has none to know it by.
    ...(lastModified !== undefined && { key: `file:${path}:${file.size}:${lastModified}` }),
    blob: (start, end) => file.slice(start, end),
    slice: (start, end) =>
      pullStream(label, start, end, async (buffer, position) => {
        const part = new Uint8Array(await file.slice(position, position + buffer.length).arrayBuffer());
        buffer.set(part);
        return part.length;
      }),
    async identity() {
      // Browsers compare the file with the chosen one when it is read: one byte is enough.
      await file
        .slice(0, 1)
        .arrayBuffer()
        .catch((error: unknown) => {
          throw fileError('read', label, error);
        });
      return `${file.size}-${lastModified}-${name}`;
    },
  };
}
