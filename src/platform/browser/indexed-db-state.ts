import type { StateStore } from '../../core/platform.ts';
import { openDatabase } from './database.ts';
import { takeLock } from './lock.ts';

/**
 * Returns a state store in IndexedDB, so that unfinished uploads can resume after a reload. Creates the database at the first use.
 *
 * @param database - Name of the database. @default 'kaggle-ts'
 */
export function indexedDbState(database = 'kaggle-ts'): StateStore {
  const run = openDatabase(database, 'state');
  const locks = (globalThis as { navigator?: Partial<Navigator> }).navigator?.locks;
  return {
    // Locks require a secure context.
    ...(locks && { claim: (key: string) => takeLock(`${database}:${key}`) }),
    get: (key) => run('readonly', (objects) => objects.get(key)),
    set: async (key, value) => void (await run('readwrite', (objects) => objects.put(value, key))),
    delete: (key) => run('readwrite', (objects) => objects.delete(key)),
  };
}
