import { type ByteStore, createByteStore, memoryStorage } from './byte-store.ts';
import type { Dataset, Kernel, Upload } from './types.ts';

/**
 * Saves the state. Handlers call it after each change, before they respond. When a call returns, the change is saved;
 * it throws if that fails.
 */
export interface Keeper {
  /** A store for the bytes of an upload. */
  bytes(id: string, size: number | undefined): ByteStore;
  upload(upload: Upload): void;
  dataset(dataset: Dataset): void;
  dropDataset(dataset: Dataset): void;
  /** Also saves later changes of its runs. */
  kernel(kernel: Kernel): void;
  dropKernel(kernel: Kernel): void;
  /** Saves everything else: ids, users, tokens, deleted names. */
  rest(): void;
  /** Removes everything that is saved. */
  clear(): void;
  /** Calls `end`, which stops the runs, and releases the storage. Queued runs stay queued for the next start. */
  close(end: () => Promise<void>): Promise<void>;
}

/** Saves nothing: the state is in memory only. */
export const memoryKeeper: Keeper = {
  bytes: (_id, size) => createByteStore(memoryStorage(size)),
  upload() {},
  dataset() {},
  dropDataset() {},
  kernel() {},
  dropKernel() {},
  rest() {},
  clear() {},
  close: (end) => end(),
};
