import { ValidationError } from '../../core/errors.ts';
import { sha256Text } from '../../core/hash/digest.ts';
import type { StateStore } from '../../core/platform.ts';

/** The members of a Workers KV namespace that are used. A KV binding matches this type. */
export interface KvNamespaceLike {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Seconds until values expire: upload sessions are valid for a week, and a sweep may wait for the quota of the next week. */
const lifetime = 31 * 24 * 60 * 60;

/**
 * Returns a state store in Workers KV. Values expire after a month. KV is eventually consistent: another location may read an
 * older value for a minute, so that a transfer that resumes there sends some bytes again.
 *
 * @param prefix - Prefix of all keys. @default 'kaggle-ts:'
 * @throws `ValidationError` if `namespace` is not a KV namespace, for example because its binding is missing.
 */
export function kvState(namespace: KvNamespaceLike, prefix = 'kaggle-ts:'): StateStore {
  if (typeof namespace?.get !== 'function') {
    throw new ValidationError(
      'kvState: expected a KV namespace such as env.STATE; check the binding in the Wrangler configuration',
    );
  }
  // KV limits keys to 512 bytes.
  const keyOf = async (key: string): Promise<string> => prefix + (await sha256Text(key));
  return {
    async get(key) {
      const text = await namespace.get(await keyOf(key));
      try {
        return text === null ? undefined : JSON.parse(text);
      } catch {
        // Invalid JSON counts as no value: the transfer restarts.
        return undefined;
      }
    },
    set: async (key, value) => namespace.put(await keyOf(key), JSON.stringify(value), { expirationTtl: lifetime }),
    delete: async (key) => namespace.delete(await keyOf(key)),
  };
}
