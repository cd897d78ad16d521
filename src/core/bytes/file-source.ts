import type { ByteSource } from '../platform.ts';
import { type ByteReader, byteReader } from './byte-reader.ts';
import { fileError } from './file-error.ts';

/** Fails if the file behind a blob has changed: browsers compare it with the chosen one whenever it is read. */
async function check(file: Blob): Promise<void> {
  await file.slice(0, 1).arrayBuffer();
}

/** The bytes of a blob as a stream whose errors name the file. */
function streamOf(blob: Blob, label: string): ReadableStream<Uint8Array> {
  let reader: ByteReader | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= byteReader(blob.stream());
        const { done, value } = await reader.read().catch(async (error: unknown) => {
          // Chromium calls whatever ends a stream a network error.
          const reason = await check(blob).catch((changed: unknown) => changed);
          throw fileError('read', label, reason ?? error);
        });
        if (done || !value) controller.close();
        else controller.enqueue(reader.lends ? new Uint8Array(value) : value);
      },
      cancel: (reason) => reader?.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

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
    slice: (start, end) => streamOf(file.slice(start, end), label),
    async identity() {
      await check(file).catch((error: unknown) => {
        throw fileError('read', label, error);
      });
      return `${file.size}-${modified}`;
    },
  };
}
