import { errorCode } from '../../core/bytes/file-error.ts';
import { TransferError } from '../../core/errors.ts';
import { lazily } from './lazily.ts';
import { isFull, spaceLeft } from './storage-space.ts';

/**
 * Runs one transaction, and resolves to the result of its request when it is committed. `bytes` is how much it writes, for errors.
 */
export type Transact = <T>(
  mode: IDBTransactionMode,
  act: (objects: IDBObjectStore) => IDBRequest<T>,
  bytes?: number,
) => Promise<T>;

/** Why a database cannot be opened, by the name of the browser's error. */
const reasons: Readonly<Record<string, string>> = {
  VersionError: 'a newer version of this page created it; reload the page',
  SecurityError: 'the browser blocks storage for this page; allow site data in its settings',
};

/**
 * Opens the IndexedDB database `name` with one object store at the first use, and again if opening failed or the browser closed it,
 * for example because the user cleared the site's data.
 */
export function openDatabase(name: string, store: string): Transact {
  const connection = lazily((forget) => open(name, store, forget));
  return async (mode, act, bytes) => {
    try {
      const transaction = (await connection()).transaction(store, mode);
      const request = act(transaction.objectStore(store));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? request.error);
      });
      return request.result;
    } catch (error) {
      if (!isFull(error)) throw error;
      throw new TransferError(`cannot save to the database "${name}": ${await spaceLeft(bytes)}`, { cause: error });
    }
  };
}

async function open(name: string, store: string, forget: () => void): Promise<IDBDatabase> {
  try {
    const { indexedDB } = globalThis as { indexedDB?: IDBFactory | null };
    if (!indexedDB) throw new DOMException('IndexedDB is not available', 'SecurityError');
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store);
    await new Promise<void>((resolve, reject) => {
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    });
    const opened = request.result;
    opened.onclose = forget;
    // Another tab deletes the database or needs a newer version of it.
    opened.onversionchange = () => {
      forget();
      opened.close();
    };
    return opened;
  } catch (error) {
    if (isFull(error)) throw error;
    const reason = reasons[errorCode(error)] ?? `${(error as Error | null)?.message}; private windows may block it`;
    throw new TransferError(`cannot open the database "${name}": ${reason}`, { cause: error });
  }
}
