import { IntegrityError } from '../errors.ts';
import { crc32 } from '../hash/crc32.ts';
import type { ByteSink } from '../platform.ts';
import type { OpenFolder } from '../transfer/folder.ts';
import { isInvalidData } from './inflate.ts';

/** Size and checksum of an entry, according to the archive. */
export interface ExpectedContent {
  readonly size: number;
  readonly crc32: number;
}

/** The error for an entry whose content is not what the archive says. `why` says the reason. */
export function corruptEntry(file: string, name: string, why: string): IntegrityError {
  return new IntegrityError(`cannot unpack "${name}" from "${file}": ${why}; download it again`, { file: name });
}

/** Throws `IntegrityError` unless an entry has the size and checksum that the archive says. */
export function checkContent(file: string, name: string, size: number, crc: number, expected: ExpectedContent): void {
  if (size !== expected.size) throw corruptEntry(file, name, `expected ${expected.size} bytes, got ${size}`);
  const [ours, theirs] = [crc, expected.crc32].map((sum) => sum.toString(16).padStart(8, '0'));
  if (crc !== expected.crc32)
    throw corruptEntry(file, name, `checksum mismatch: expected CRC-32 ${theirs}, got ${ours}`);
}

/** Turns an error of the decompressor into one that names the entry; returns other errors unchanged. */
export function inflateError(file: string, name: string, error: unknown): unknown {
  return isInvalidData(error) ? corruptEntry(file, name, 'the compressed data is corrupted or truncated') : error;
}

/** Writes one file to a folder, completely or not at all. */
export async function writeWhole(
  folder: OpenFolder,
  name: string,
  data: Uint8Array,
  lastModified: Date | undefined,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const sink = await folder.sink(name);
  try {
    if (data.length > 0) await sink.write(data, 0);
    signal.throwIfAborted();
    await sink.commit({ lastModified });
  } catch (error) {
    await sink.abort(error);
    throw error;
  }
}

/** Fewer, larger writes are faster than writing the chunks of the decompressor. */
const batchSize = 2 ** 20;

/** Takes the bytes of one entry in order, writes and checks them. */
export interface EntryWriter {
  readonly size: number;
  /** Throws `IntegrityError` if more than `most` bytes arrive. */
  take(chunk: Uint8Array): Promise<void> | undefined;
  /** Writes the rest; returns the CRC-32 of everything. */
  finish(): Promise<number>;
}

/** A writer to `sink` for an entry that has at most `most` bytes. */
export function createEntryWriter(sink: ByteSink, file: string, name: string, most: number): EntryWriter {
  let batch = new Uint8Array(Math.min(batchSize, most));
  let filled = 0;
  let written = 0;
  let crc = 0;
  let writing: Promise<void> = Promise.resolve();

  async function flush(): Promise<void> {
    await writing;
    if (filled === 0) return;
    const data = batch.subarray(0, filled);
    const position = written;
    crc = crc32(data, crc);
    written += filled;
    filled = 0;
    batch = new Uint8Array(Math.min(batchSize, most - written));
    writing = sink.write(data, position);
    // The next await sees the failure; there may be none yet.
    writing.catch(() => undefined);
  }
  async function takeLarge(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (filled === batch.length) await flush();
      const piece = chunk.subarray(at, at + batch.length - filled);
      batch.set(piece, filled);
      filled += piece.length;
      at += piece.length;
    }
  }

  return {
    get size() {
      return written + filled;
    },
    take(chunk) {
      if (written + filled + chunk.length > most)
        throw corruptEntry(file, name, `expected at most ${most} bytes, got more`);
      if (filled + chunk.length > batch.length) return takeLarge(chunk);
      batch.set(chunk, filled);
      filled += chunk.length;
      return undefined;
    },
    async finish() {
      await flush();
      await writing;
      return crc;
    },
  };
}
