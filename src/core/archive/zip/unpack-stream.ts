import { abortable } from '../../abortable.ts';
import { growingBytes } from '../../bytes/growing-bytes.ts';
import { IntegrityError } from '../../errors.ts';
import { createNameCheck } from '../../transfer/names.ts';
import type { startProgress } from '../../transfer/progress.ts';
import { contentFacts } from '../../transfer/ranged/content.ts';
import { startWatchdog } from '../../transfer/watchdog.ts';
import { archiveError, corruptArchive } from '../archive-error.ts';
import { type ByteCursor, createCursor, viewOf } from '../byte-cursor.ts';
import { createLanes, maxBytesAtOnce, maxEntriesAtOnce } from '../lanes.ts';
import { createGuard } from '../limits.ts';
import type { UnpackedFile, UnpackOptions } from '../types.ts';
import { checkEntry, plainName } from './check.ts';
import { largestDirectory, readDirectory } from './directory.ts';
import { signatures } from './fields.ts';
import type { ZipEntry } from './headers.ts';
import { unpackNext } from './stream-entry.ts';
import type { Unpacking } from './unpack-entry.ts';

/** The stream ended before the archive: another request may return all of it. */
export class CutOffError extends IntegrityError {}

/** Everything that follows: the directory and the records after it. */
async function readEnd(file: string, cursor: ByteCursor): Promise<Uint8Array> {
  const end = growingBytes();
  for (let chunk = await cursor.some(2 ** 20); chunk; chunk = await cursor.some(2 ** 20)) {
    end.write(chunk, end.size);
    if (end.size > largestDirectory) throw corruptArchive(file, 'the central directory is too large');
  }
  return end.slice(0, end.size);
}

/**
 * Compares the entries of the stream with the directory in `end`, the bytes from `start`. Throws `TransferError` unless they match in
 * names, sizes and checksums, and may all be unpacked.
 */
async function compareDirectory(
  file: string,
  seen: readonly ZipEntry[],
  start: number,
  end: Uint8Array,
): Promise<void> {
  const missing = async (): Promise<Uint8Array> => {
    throw corruptArchive(file, 'the central directory is corrupted');
  };
  const { entries } = await readDirectory(file, start + end.length, missing, { tail: end });
  const byOffset = new Map(seen.map((entry) => [entry.offset, entry]));
  for (const entry of entries) {
    checkEntry(file, entry);
    const met = byOffset.get(entry.offset);
    const same =
      met?.name === entry.name &&
      met.method === entry.method &&
      met.size === entry.size &&
      met.packedSize === entry.packedSize &&
      met.crc32 === entry.crc32;
    if (!same) throw corruptArchive(file, `the header of "${entry.name}" does not match the central directory`);
    byOffset.delete(entry.offset);
  }
  const [hidden] = byOffset.values();
  if (hidden) throw corruptArchive(file, `"${hidden.name}" is missing from the central directory`);
}

/** The chunks of a body. Throws `CutOffError` if the connection breaks or stalls, or the body is too short. */
function bodyChunks(file: string, response: Response, stall: number, signal: AbortSignal) {
  const { total } = contentFacts(response.headers);
  const watchdog = startWatchdog(stall, [signal]);
  const reader = response.body?.getReader();
  let received = 0;
  const why = (bytes: number) => `the response ended after ${bytes}${total === undefined ? '' : ` of ${total}`} bytes`;
  const cut = (cause?: unknown) =>
    new CutOffError(`cannot unpack "${file}": ${why(received)}; try again`, { file, cause });
  return {
    total,
    async next(): Promise<Uint8Array | undefined> {
      watchdog.touch();
      let got: { done: boolean; value?: Uint8Array };
      try {
        got = (await (reader && abortable(reader.read(), watchdog.signal))) ?? { done: true };
      } catch (error) {
        signal.throwIfAborted();
        throw cut(error);
      }
      received += got.value?.length ?? 0;
      if (got.done && total !== undefined && received < total) throw cut();
      return got.value;
    },
    close(reason?: unknown): void {
      watchdog.release();
      reader?.cancel(reason).catch(() => undefined);
    },
  };
}

/**
 * Unpacks an archive that arrives as one stream, by the headers before its entries. The directory comes last: files that it does not
 * confirm are removed again. Throws like `unpackZip`, and `CutOffError`.
 */
export async function unpackStream(
  to: Unpacking,
  response: Response,
  options: UnpackOptions & { signal: AbortSignal; progress: ReturnType<typeof startProgress> },
): Promise<UnpackedFile[]> {
  const { file, platform, folder } = to;
  const { signal, progress } = options;
  const body = bodyChunks(file, response, options.stallTimeout ?? 60, signal);
  const cursor = createCursor(() => body.next());
  const lanes = createLanes(
    Math.max(1, Math.min(options.concurrency ?? maxEntriesAtOnce, maxEntriesAtOnce)),
    maxBytesAtOnce,
    signal,
  );
  const guard = createGuard(file, options.limits);
  const checkName = createNameCheck();
  const wanted = (name: string) => options.filter?.(name) ?? true;
  const seen: ZipEntry[] = [];
  const written: ZipEntry[] = [];
  try {
    progress.report(0, body.total);
    for (;;) {
      const head = await cursor.peek(4);
      const signature = head.length === 4 ? viewOf(head).getUint32(0, true) : 0;
      if (signature !== signatures.local) break;
      const moved = () => progress.report(cursor.position, body.total);
      const entry = await unpackNext(to, cursor, { lanes, guard, checkName, wanted, moved, signal });
      seen.push(entry);
      if (!entry.isDirectory && wanted(plainName(entry))) written.push(entry);
      moved();
    }
    const start = cursor.position;
    const end = await readEnd(file, cursor);
    await lanes.finish();
    await compareDirectory(file, seen, start, end);
    const names = new Set(written.map(plainName));
    const absent = [...(options.complete ?? [])].find((name) => !names.has(name));
    if (absent !== undefined) throw archiveError(file, `the archive does not contain "${absent}"`);
  } catch (error) {
    body.close(error);
    await lanes.stop(error);
    // After an interruption or an abort, the files are complete and verified. Otherwise the archive cannot be trusted.
    if (folder.path && !signal.aborted && !(error instanceof CutOffError)) {
      for (const entry of written) await platform.fs?.remove(folder.path(plainName(entry))).catch(() => undefined);
    }
    throw error;
  }
  body.close();
  progress.done(cursor.position);
  return written.map((entry) => {
    const name = plainName(entry);
    const path = folder.path?.(name);
    return { name, ...(path !== undefined && { path }), size: entry.size, verified: 'crc32' };
  });
}
