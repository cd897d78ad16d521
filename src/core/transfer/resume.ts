import type { ByteSource } from '../platform.ts';
import { type Verified, verifications } from './checksum.ts';
import { sha256, sha256Text } from './digest.ts';
import type { UploadSession } from './upload.ts';

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
}

/** Sessions live for a week; the last day of it is left out, so that one does not end under an upload. Milliseconds. */
const lifetime = 6 * 24 * 60 * 60 * 1000;

const edge = 2 ** 20;

async function edgeHash(source: ByteSource, start: number, end: number): Promise<string> {
  return sha256(new Uint8Array(await new Response(await source.slice(start, end)).arrayBuffer()));
}

/**
 * What tells whether a source has the content that it had in an earlier process: its place, size, time, and the hashes
 * of its first and last MiB; never a full read. `undefined` for a source that no other process could recognise.
 */
export async function fingerprint(source: ByteSource): Promise<string | undefined> {
  const { key, size, lastModified } = source;
  if (key === undefined) return undefined;
  const first = await edgeHash(source, 0, Math.min(edge, size));
  const last = size > edge ? await edgeHash(source, size - edge, size) : first;
  const parts = [key, size, lastModified?.getTime() ?? '', first, last];
  return sha256Text(JSON.stringify(parts));
}

/** What a store holds, if it is an upload at all: it may be of another version, or damaged. */
function isStoredUpload(value: unknown): value is StoredUpload {
  const { source, session, opened, complete, verified } = (value ?? {}) as Partial<StoredUpload>;
  return (
    typeof source === 'string' &&
    typeof opened === 'number' &&
    typeof complete === 'boolean' &&
    typeof session?.token === 'string' &&
    /^https?:/i.test(session.createUrl) &&
    URL.canParse(session.createUrl) &&
    (!complete || verifications.includes(verified as Verified))
  );
}

/** What of a stored value an upload of the source with this fingerprint can go on with; `undefined` for nothing. */
export function usableUpload(value: unknown, source: string, now: number): StoredUpload | undefined {
  if (!isStoredUpload(value) || value.source !== source) return undefined;
  const age = now - value.opened;
  return age >= 0 && age < lifetime ? value : undefined;
}
