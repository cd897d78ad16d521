import type { VersionCall } from './versioned.ts';

/** A call that creates a version, recorded before it is made. A later process compares it with what exists. */
export interface Pending {
  /** Appears in the notes of the version that the call creates; a first version has no notes. */
  readonly nonce: string;
  readonly call: VersionCall;
  /** Highest version before the call; 0 for none. */
  readonly before: number;
  /** Identifies what was sent: title and fingerprints of the files. A different value means another job. */
  readonly content: string;
}

/** Eight hexadecimal digits. */
export function newNonce(): string {
  return crypto.randomUUID().slice(0, 8);
}

/** Reads a stored value; `undefined` if it is not such a record. */
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
