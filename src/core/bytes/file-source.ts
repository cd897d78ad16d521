import type { ByteSource } from '../platform.ts';
import { type ByteReader, byteReader } from './byte-reader.ts';
import { fileError } from './file-error.ts';

/** Rejects if the file behind a blob has changed since it was chosen: browsers check that on every read. */
async function check(file: Blob): Promise<void> {
  await file.slice(0, 1).arrayBuffer();
}

/** A stream of a blob whose errors name the file. */
function streamOf(blob: Blob, label: string): ReadableStream<Uint8Array> {
  let reader: ByteReader | undefined;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= byteReader(blob.stream());
        const { done, value } = await reader.read().catch(async (error: unknown) => {
          // Chromium reports any failure of a stream as a network error.
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
 * Wraps a `File` or `Blob` as the source of an upload. If the file on disk has changed since it was chosen, `identity` and reads
 * reject with `TransferError`.
 *
 * @param name - Default: the name of the `File`.
 * @param lastModified - Default: that of the `File`.
 */
export function fileSource(
  file: Blob,
  name: string | undefined = (file as Partial<File>).name,
  lastModified?: Date,
): ByteSource {
  const { lastModified: modified } = file as Partial<File>;
  const label = name ?? 'blob';
  return {
    name,
    size: file.size,
    lastModified: lastModified ?? (modified === undefined ? undefined : new Date(modified)),
    // Pages do not learn the path of a file: name, size and time identify it. A plain Blob has no identity.
    ...(modified !== undefined && { key: `file:${name}:${file.size}:${modified}` }),
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
