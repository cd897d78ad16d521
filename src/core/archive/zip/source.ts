import { isReplayable } from '../../bytes/sources.ts';
import { TransferError, ValidationError } from '../../errors.ts';
import { crc32 } from '../../hash/crc32.ts';
import { sha256Text } from '../../hash/digest.ts';
import type { ByteSource } from '../../platform.ts';
import { checkNames } from '../../transfer/names.ts';
import { centralHeader, centralLength, endRecords, localHeader, localLength, type StoredEntry } from './write.ts';

/** A file for an archive. */
export interface ZipInput {
  /** With `/` between folders. */
  name: string;
  source: ByteSource;
}

interface LaidOutEntry extends StoredEntry {
  readonly input: ZipInput;
  /** Where its bytes start. */
  readonly data: number;
}

/** Bytes of small files that are passed on together. */
const batchSize = 64 * 1024;

function concat(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The layout of an archive, which needs only names, sizes and times. */
function layOut(files: readonly ZipInput[]): { entries: LaidOutEntry[]; directory: number; end: number } {
  let offset = 0;
  let directorySize = 0;
  const entries = files.map((input): LaidOutEntry => {
    const { size, lastModified } = input.source;
    const entry = { name: new TextEncoder().encode(input.name), size, lastModified, offset };
    if (entry.name.length > 0xffff)
      throw new ValidationError(
        `cannot archive "${input.name}": its name is longer than the 65535 bytes that zip allows; shorten it`,
      );
    const data = offset + localLength(entry);
    offset = data + size;
    directorySize += centralLength(entry);
    return { ...entry, input, data };
  });
  return { entries, directory: offset, end: offset + directorySize };
}

/** The bytes of an entry, chunk by chunk. Throws if there are not as many as when the source was opened. */
async function* bytesOf({ name, source }: ZipInput, start: number, end: number): AsyncGenerator<Uint8Array> {
  const reader = (await source.slice(start, end)).getReader();
  let remaining = end - start;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      remaining -= value.length;
      if (remaining < 0) break;
      yield value;
    }
    if (remaining !== 0)
      throw new TransferError(`cannot archive "${name}": the file changed while it was being read; try again`, {
        file: name,
      });
  } finally {
    // Avoids thousands of open files.
    reader.cancel().catch(() => undefined);
    await source.close?.();
  }
}

/**
 * The files as one zip archive, stored without compression, which is created while it is read. Its length is known immediately,
 * and the same files (names, sizes, times and bytes) always give the same bytes, so any part can be read again, as a resumable
 * upload requires. Each file is read twice, because its CRC-32 comes first; only a chunk is held in memory.
 *
 * Throws `ValidationError` for names that `checkNames` rejects, and for sources that can be read only once. Reads throw
 * `TransferError` if the length of a file has changed; `identity` covers the identities of the files.
 */
export function zipSource(files: readonly ZipInput[], options: { name?: string } = {}): ByteSource {
  checkNames(files.map(({ name }) => name));
  for (const { name, source } of files) {
    if (!isReplayable(source)) {
      throw new ValidationError(
        `cannot archive "${name}": its stream can be read only once; pass bytes, a Blob or a path`,
      );
    }
  }
  const { entries, directory, end } = layOut(files);
  const tail = endRecords(entries.length, directory, end - directory);
  const size = end + tail.length;
  const sums = new Map<LaidOutEntry, number>();
  const keys = files.map(({ source }) => source.key);

  async function crcOf(entry: LaidOutEntry): Promise<number> {
    let crc = sums.get(entry);
    if (crc !== undefined) return crc;
    if (entry.size === 0) return 0;
    crc = 0;
    for await (const chunk of bytesOf(entry.input, 0, entry.size)) crc = crc32(chunk, crc);
    sums.set(entry, crc);
    return crc;
  }

  /** The bytes from `from` to `to`; records are created as needed. */
  async function* read(from: number, to: number): AsyncGenerator<Uint8Array> {
    const cut = (bytes: Uint8Array, at: number) => bytes.subarray(Math.max(0, from - at), Math.max(0, to - at));
    for (const entry of entries) {
      const { offset, data } = entry;
      if (data + entry.size <= from) continue;
      if (offset >= to) return;
      if (from < data) yield cut(localHeader(entry, await crcOf(entry)), offset);
      const [start, stop] = [Math.max(0, from - data), Math.min(entry.size, to - data)];
      if (start < stop) yield* bytesOf(entry.input, start, stop);
    }
    let at = directory;
    for (const entry of entries) {
      const length = centralLength(entry);
      if (at < to && at + length > from) yield cut(centralHeader(entry, await crcOf(entry)), at);
      at += length;
    }
    if (at < to) yield cut(tail, at);
  }

  return {
    name: options.name ?? 'archive.zip',
    size,
    ...(keys.every((key) => key !== undefined) && { key: `zip:${JSON.stringify(keys)}` }),
    slice(start, stop) {
      const pieces = read(start, Math.min(stop, size));
      return new ReadableStream<Uint8Array>(
        {
          async pull(controller) {
            // Passes headers and small files on together.
            const batch: Uint8Array[] = [];
            let length = 0;
            let ended = false;
            while (length < batchSize && !ended) {
              const { done, value } = await pieces.next();
              ended = done ?? false;
              if (!value?.length) continue;
              batch.push(value);
              length += value.length;
            }
            if (length > 0) controller.enqueue(batch.length === 1 ? batch[0]! : concat(batch, length));
            if (ended) controller.close();
          },
          cancel: async () => void (await pieces.return(undefined)),
        },
        { highWaterMark: 0 },
      );
    },
    async identity() {
      const parts: unknown[] = [];
      for (const { name, source } of files) {
        parts.push([name, source.size, source.lastModified?.getTime(), await source.identity?.()]);
      }
      return sha256Text(JSON.stringify(parts));
    },
    async close() {
      await Promise.allSettled(files.map(({ source }) => source.close?.()));
    },
  };
}
