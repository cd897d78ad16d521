import type { StateStore } from '../../core/platform.ts';
import { lazily } from './lazily.ts';

const store = 'state';

/** Takes a lock of the origin, which the browser releases when the page is closed. */
function claim(name: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((resolve, reject) => {
    const done = navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(undefined);
      return new Promise<void>((free) => {
        resolve(async () => {
          free();
          await done;
        });
      });
    });
    done.catch(reject);
  });
}

/**
 * Returns a state store in IndexedDB, so that unfinished uploads can resume after a reload. Creates the database at the first use.
 *
 * @param database - Name of the database. @default 'kaggle-ts'
 */
export function indexedDbState(database = 'kaggle-ts'): StateStore {
  const opened = lazily(() => open(database));

  async function run<T>(mode: IDBTransactionMode, act: (objects: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await opened()).transaction(store, mode);
    return settled(act(transaction.objectStore(store)));
  }

  const locks = (globalThis as { navigator?: Partial<Navigator> }).navigator?.locks;
  return {
    // Locks require a secure context.
    ...(locks && { claim: (key: string) => claim(`${database}:${key}`) }),
    get: (key) => run('readonly', (objects) => objects.get(key)),
    set: async (key, value) => void (await run('readwrite', (objects) => objects.put(value, key))),
    delete: (key) => run('readwrite', (objects) => objects.delete(key)),
  };
}

function open(database: string): Promise<IDBDatabase> {
  const request = indexedDB.open(database, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(store);
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
