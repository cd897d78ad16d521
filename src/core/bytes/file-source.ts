import type { ByteSource } from '../platform.ts';
import { fileError } from './file-error.ts';
import { pullStream } from './pull-stream.ts';

/**
 * A `File` or `Blob` as the source of an upload. A `File` stands for the content at the time it was chosen: when the
 * file on disk changed since, reading it and `identity` throw `TransferError`.
 */
export function fileSource(
  file: Blob,
  name: string | undefined = (file as Partial<File>).name,
  lastModified?: Date,
): ByteSource {
  const { lastModified: modified, webkitRelativePath } = file as Partial<File>;
  const label = name ?? 'the blob';
  return {
    name,
    size: file.size,
    lastModified: lastModified ?? (modified === undefined ? undefined : new Date(modified)),
    // A page is not told where a file is: its name, size and time have to do. A mere Blob has none to know it by.
    ...(modified !== undefined && { key: `file:${webkitRelativePath || name}:${file.size}:${modified}` }),
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
      return `${file.size}-${modified}`;
    },
  };
}
