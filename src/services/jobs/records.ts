import type { Sealer } from '../../core/auth/seal.ts';
import type { StateStore } from '../../core/platform.ts';

/** Records of an upload or a push, by their keys. */
export type Records = Readonly<Record<string, unknown>>;

/** A state store whose values are part of the state of a job. */
export interface RecordStore extends StateStore {
  /** All values, to be stored with the state. */
  entries(): Records;
}

/** Keys of upload sessions, whose URLs and tokens are secrets. */
const isSecret = (key: string) => key.startsWith('upload:');

/** Whether a record says that a request is about to be sent: a version to be created, or a push. */
function announces(value: unknown): boolean {
  const { nonce, type } = (value ?? {}) as { nonce?: unknown; type?: unknown };
  return nonce !== undefined || type === 'pending';
}

/**
 * A record that announces a push, without the nonces of its attempts: each attempt adds one, and a step that had to store that before
 * its request would never make it. Without nonces, the versions of all attempts count.
 */
function withoutAttempts(value: unknown): unknown {
  const { nonces: _, ...rest } = (value ?? {}) as { nonces?: unknown };
  return (value as { type?: unknown } | null)?.type === 'pending' ? rest : value;
}

/** What a record announces, without the time of the attempt and the patience of a search. */
const announced = (value: unknown) => JSON.stringify({ ...(value as object), at: undefined, patience: undefined });

/**
 * Creates the store of a step over the records that are stored already. A record that announces a request must be stored before the
 * request is sent: `announce` is called if it is new.
 *
 * Sealed values that cannot be opened count as absent: the credential may be a new one.
 */
export function createRecords(
  stored: Records,
  id: string,
  sealer: Sealer | undefined,
  announce: () => Promise<void> | void,
): RecordStore {
  const values = new Map(Object.entries(stored));
  const contextOf = (key: string) => ({ context: [id, key] });
  return {
    entries: () => Object.fromEntries(values),
    async get(key) {
      const value = values.get(key);
      if (!isSecret(key) || typeof value !== 'string') return value;
      const opened = await sealer?.open(value, contextOf(key));
      return opened && 'value' in opened ? opened.value : undefined;
    },
    async set(key, value) {
      if (!isSecret(key)) {
        const record = withoutAttempts(value);
        values.set(key, record);
        if (announces(record) && announced(record) !== announced(stored[key])) await announce();
      } else if (sealer) values.set(key, await sealer.seal(value, contextOf(key)));
    },
    async delete(key) {
      values.delete(key);
    },
  };
}
