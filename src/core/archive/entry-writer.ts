import { IntegrityError } from '../errors.ts';
import { crc32 } from '../hash/crc32.ts';
import type { ByteSink } from '../platform.ts';
import type { OpenFolder } from '../transfer/folder.ts';
import { isInvalidData } from './inflate.ts';

/** What the archive says that an entry must become. */
export interface ExpectedContent {
  readonly size: number;
  readonly crc32: number;
}

/** The error for an entry whose content is not what the archive says. `why` says the reason. */
export function corruptEntry(file: string, name: string, why: string): IntegrityError {
  return new IntegrityError(`cannot unpack "${name}" from "${file}": ${why}; download it again`, { file: name });
}

/** Throws `IntegrityError` unless an entry became what the archive says. */
export function checkContent(file: string, name: string, size: number, crc: number, expected: ExpectedContent): void {
  if (size !== expected.size) throw corruptEntry(file, name, `expected ${expected.size} bytes, got ${size}`);
  if (crc !== expected.crc32) throw corruptEntry(file, name, 'checksum mismatch (CRC-32)');
}

/** An error of the inflater as one that says which entry is damaged; others stay what they are. */
export function inflateError(file: string, name: string, error: unknown): unknown {
  return isInvalidData(error) ? corruptEntry(file, name, 'the compressed data is corrupted or truncated') : error;
}

/** Writes one file below a folder, whole or not at all. */
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

/** Fewer, larger writes are faster than writing what the inflater hands over. */
const batchSize = 2 ** 20;

/** Takes the bytes of one entry in order, and writes and checks them. */
export interface EntryWriter {
  readonly size: number;
  /** Throws `IntegrityError` as soon as more than `most` bytes came. */
  take(chunk: Uint8Array): Promise<void> | undefined;
  /** Writes the rest; resolves to the CRC-32 of all. */
  finish(): Promise<number>;
}

/** A writer into `sink` for an entry that may become `most` bytes. */
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
    // Whoever waits next sees the failure; nobody may be waiting yet.
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
