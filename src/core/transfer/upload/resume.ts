import { lendBuffer } from '../../bytes/buffers.ts';
import { base64, createHasher } from '../../hash/checksum.ts';
import { hexadecimal, sha256 } from '../../hash/digest.ts';
import type { ByteSource, Platform } from '../../platform.ts';
import { type Verified, verifications } from '../../progress.ts';
import { parseWebUrl } from '../../web-url.ts';
import { startHash } from '../running-hash.ts';
import { defaultLimits, type UploadSession } from './session.ts';

/** What is stored about one upload between processes. */
export interface StoredUpload {
  /** `fingerprint` of the source for which the session was opened. */
  readonly source: string;
  readonly session: UploadSession;
  /** When the session was opened, in milliseconds since 1970. */
  readonly opened: number;
  /** All bytes are stored, and were verified as `verified` says. */
  readonly complete: boolean;
  readonly verified?: Verified;
  /** A process resumed it and gave up without progress: the next process is the last to try. */
  readonly fruitless?: boolean;
  /** The CRC-32C of the bytes from the start to `bytes`, so that they need not be read again. */
  readonly hashed?: { readonly bytes: number; readonly crc32c: number };
}

/** Milliseconds. Sessions live for a week; the last day is left out so that none expires during an upload. */
const lifetime = 6 * 24 * 60 * 60 * 1000;

/** Bytes at the start and end of a large file that are part of its fingerprint. */
const edgeSize = 2 ** 20;

/** Reads the bytes of a source from `start` to `end` and passes them to `take`; fewer if the source became shorter. */
async function readEdge(
  source: ByteSource,
  start: number,
  end: number,
  take: (bytes: Uint8Array<ArrayBuffer>) => unknown,
): Promise<void> {
  if (!source.read) {
    await take(new Uint8Array(await new Response(await source.slice(start, end)).arrayBuffer()));
    return;
  }
  const buffer = lendBuffer(end - start);
  try {
    const bytes = buffer.bytes.subarray(0, end - start);
    let done = 0;
    for (let got = 1; got > 0 && done < bytes.length; done += got)
      got = await source.read(bytes.subarray(done), start + done);
    await take(bytes.subarray(0, done));
  } finally {
    buffer.release();
  }
}

/** A source that tells its content from any other without being read, for example by an etag. */
export interface PrintedSource extends ByteSource {
  readonly print: string;
}

/** Whether a file of this size is sent in one request, so that there is nothing to resume in the middle. */
export const fitsOneRequest = (size: number): boolean => size <= defaultLimits.partSize;

/**
 * Tells whether a source still has the content that it had in an earlier process. For a file that fits one request: size, time
 * and CRC-32C (`crc32c` if it is known already). A larger file is not read completely for this: the SHA-256 of its location,
 * size, time, first and last MiB.
 */
export async function fingerprint(source: ByteSource, platform: Platform, crc32c?: Uint8Array): Promise<string> {
  const { key, size, lastModified, print } = source as Partial<PrintedSource> & ByteSource;
  if (print !== undefined) return print;
  const time = lastModified?.getTime() ?? '';
  if (fitsOneRequest(size)) {
    const hash = startHash(createHasher(platform, 'crc32c'));
    if (!crc32c) await hash.catchUp(source, size, new AbortController().signal);
    return `${size}-${time}-${base64(crc32c ?? (await hash.digest()))}`;
  }
  const hasher = platform.hasher?.('sha256');
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const take = (bytes: Uint8Array<ArrayBuffer>) => (hasher ? hasher.update(bytes) : pieces.push(bytes.slice()));
  await take(new TextEncoder().encode(JSON.stringify([key, size, time])));
  await readEdge(source, 0, edgeSize, take);
  await readEdge(source, size - edgeSize, size, take);
  if (hasher) return hexadecimal(await hasher.digest());
  return sha256(new Uint8Array(await new Blob(pieces).arrayBuffer()));
}

/** Whether a stored value is an upload: it may come from another version, or be corrupted. */
function isStoredUpload(value: unknown): value is StoredUpload {
  const { source, session, opened, complete, verified, hashed } = (value ?? {}) as Partial<StoredUpload>;
  return (
    typeof source === 'string' &&
    typeof opened === 'number' &&
    typeof complete === 'boolean' &&
    typeof session?.token === 'string' &&
    typeof session.createUrl === 'string' &&
    parseWebUrl(session.createUrl) !== undefined &&
    (!complete || verifications.includes(verified as Verified)) &&
    (hashed === undefined || (Number.isSafeInteger(hashed.bytes) && Number.isSafeInteger(hashed.crc32c)))
  );
}

/** The stored upload that a source with this fingerprint can resume, if any. */
export function usableUpload(value: unknown, source: string, now: number): StoredUpload | undefined {
  if (!isStoredUpload(value) || value.source !== source) return undefined;
  const age = now - value.opened;
  return age >= 0 && age < lifetime ? value : undefined;
}
