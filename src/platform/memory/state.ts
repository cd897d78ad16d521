import type { StateStore } from '../../core/platform.ts';

/** State for as long as the process lives, kept as JSON text so that nobody shares an object with it. */
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
