import type { VersionCall } from './versioned.ts';

/** A call that makes a version, as it was noted before it was made: what a later process compares with what it finds. */
export interface Pending {
  /** Stands in the notes of the version that the call makes; the first one has none. */
  readonly nonce: string;
  readonly call: VersionCall;
  /** The highest version before the call; 0 for none. */
  readonly before: number;
  /** What was sent: the title and the fingerprints of the files. Another text means another job. */
  readonly content: string;
}

/** Eight hexadecimal digits. */
export function newNonce(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** What a store holds, if it is such a note at all. */
export function readPending(value: unknown): Pending | undefined {
  const { nonce, call, before, content } = (value ?? {}) as Partial<Pending>;
  const whole =
    typeof nonce === 'string' &&
    /^[0-9a-f]{8}$/.test(nonce) &&
    (call === 'create' || call === 'version') &&
    typeof before === 'number' &&
    typeof content === 'string';
  return whole ? { nonce, call, before, content } : undefined;
}
