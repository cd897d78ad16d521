import { lendBuffer } from '../../bytes/buffers.ts';
import { base64, createHasher } from '../../hash/checksum.ts';
import { hexadecimal, sha256 } from '../../hash/digest.ts';
import type { ByteSource, Platform } from '../../platform.ts';
import { type Verified, verifications } from '../../progress.ts';
import { parseWebUrl } from '../../web-url.ts';
import { startHash } from './running-hash.ts';
import { defaultLimits, type UploadSession } from './session.ts';

/** What is kept of one upload between processes. */
export interface StoredUpload {
  /** `fingerprint` of the source that it was opened for. */
  readonly source: string;
  readonly session: UploadSession;
  /** When the session was opened; milliseconds since 1970. */
  readonly opened: number;
  /** All bytes are stored and were compared; by `verified`. */
  readonly complete: boolean;
  readonly verified?: Verified;
  /** A process that resumed it gave up without a byte of progress: the next one is its last chance. */
  readonly fruitless?: boolean;
}

/** Sessions live for a week; the last day of it is left out, so that one does not end under an upload. Milliseconds. */
const lifetime = 6 * 24 * 60 * 60 * 1000;

const edge = 2 ** 20;

/** Hands the bytes of a source from `start` to `end` to `take`; fewer where it has become shorter. */
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

/** Whether a file of this size is sent in one request: there is nothing to resume in the middle of it. */
export const fitsOneRequest = (size: number): boolean => size <= defaultLimits.partSize;

/**
 * What tells whether a source has the content that it had in an earlier process. Of a file that fits one request its size,
 * time and CRC-32C, by which the storage's copy is compared, too: `crc32c`, if it is known already. Of a larger one, which
 * is not read in full for this, the SHA-256 of its place, size, time, first and last MiB.
 */
export async function fingerprint(source: ByteSource, platform: Platform, crc32c?: Uint8Array): Promise<string> {
  const { key, size, lastModified } = source;
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
  await readEdge(source, 0, edge, take);
  await readEdge(source, size - edge, size, take);
  if (hasher) return hexadecimal(await hasher.digest());
  return sha256(new Uint8Array(await new Blob(pieces).arrayBuffer()));
}

/** What a store holds, if it is an upload at all: it may be of another version, or damaged. */
function isStoredUpload(value: unknown): value is StoredUpload {
  const { source, session, opened, complete, verified } = (value ?? {}) as Partial<StoredUpload>;
  return (
    typeof source === 'string' &&
    typeof opened === 'number' &&
    typeof complete === 'boolean' &&
    typeof session?.token === 'string' &&
    typeof session.createUrl === 'string' &&
    parseWebUrl(session.createUrl) !== undefined &&
    (!complete || verifications.includes(verified as Verified))
  );
}

/** What of a stored value an upload of the source with this fingerprint can go on with; `undefined` for nothing. */
export function usableUpload(value: unknown, source: string, now: number): StoredUpload | undefined {
  if (!isStoredUpload(value) || value.source !== source) return undefined;
  const age = now - value.opened;
  return age >= 0 && age < lifetime ? value : undefined;
}
