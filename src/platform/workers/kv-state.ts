import { ValidationError } from '../../core/errors.ts';
import { sha256Text } from '../../core/hash/digest.ts';
import type { StateStore } from '../../core/platform.ts';

/** The part of a Workers KV namespace that is used here; the bindings of a Worker have this shape. */
export interface KvNamespaceLike {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Upload sessions live for a week; what is older is of no use. Seconds. */
const lifetime = 7 * 24 * 60 * 60;

/**
 * State in Workers KV, under `prefix`. KV is eventually consistent: another place may see an older value for a
 * minute, which costs a transfer that resumes there some bytes, never its correctness.
 */
export function kvState(namespace: KvNamespaceLike, prefix = 'kaggle-ts:'): StateStore {
  if (typeof namespace?.get !== 'function') {
    throw new ValidationError(
      'kvState: expected a KV namespace such as env.STATE; check the binding in the Wrangler configuration',
    );
  }
  // KV's keys end at 512 bytes.
  const keyOf = async (key: string): Promise<string> => prefix + (await sha256Text(key));
  return {
    async get(key) {
      const text = await namespace.get(await keyOf(key));
      try {
        return text === null ? undefined : JSON.parse(text);
      } catch {
        // What is not JSON counts as none: the transfer starts over.
        return undefined;
      }
    },
    set: async (key, value) => namespace.put(await keyOf(key), JSON.stringify(value), { expirationTtl: lifetime }),
    delete: async (key) => namespace.delete(await keyOf(key)),
  };
}
