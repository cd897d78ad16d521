import { type ByteStore, createByteStore, memoryRoom } from './byte-store.ts';
import type { Dataset, Kernel, Upload } from './types.ts';

/**
 * Persists the state. Handlers call it after each change, before they answer; when a call returns, the change is saved.
 * Throws if it cannot be saved.
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
  /** Removes all that is saved. */
  clear(): void;
  /** Stops the runs by `end`, and releases the storage. Queued runs stay queued for the next start. */
  close(end: () => Promise<void>): Promise<void>;
}

/** Saves nothing: the state is lost with the emulator. */
export const forgetful: Keeper = {
  bytes: (_id, size) => createByteStore(memoryRoom(size)),
  upload() {},
  dataset() {},
  dropDataset() {},
  kernel() {},
  dropKernel() {},
  rest() {},
  clear() {},
  close: (end) => end(),
};
