import type { StateStore } from '../../core/platform.ts';

const store = 'state';

/** State in IndexedDB: unfinished uploads go on after the page was closed. The database is made at the first use. */
export function indexedDbState(database = 'kaggle-ts'): StateStore {
  let opened: Promise<IDBDatabase> | undefined;

  async function run<T>(mode: IDBTransactionMode, act: (objects: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    opened ??= open(database);
    const transaction = (await opened).transaction(store, mode);
    return settled(act(transaction.objectStore(store)));
  }

  return {
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
