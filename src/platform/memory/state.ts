import type { StateStore } from '../../core/platform.ts';

/** Creates a state store in memory. Values are stored as JSON, so that callers cannot modify them. */
export function memoryState(): StateStore {
  const values = new Map<string, string>();
  const claimed = new Set<string>();
  return {
    async claim(key) {
      if (claimed.has(key)) return undefined;
      claimed.add(key);
      return async () => void claimed.delete(key);
    },
    async get(key) {
      const text = values.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    async set(key, value) {
      values.set(key, JSON.stringify(value));
    },
    async delete(key) {
      values.delete(key);
    },
  };
}
