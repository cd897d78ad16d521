import { type ByteStore, createByteStore, memoryRoom } from './byte-store.ts';
import type { Dataset, Kernel, Upload } from './types.ts';

/**
 * What holds the state beyond the process. Each call is made after its change and before the answer that tells of it,
 * and has saved it when it returns; what cannot be saved is thrown.
 */
export interface Keeper {
  /** Room for the bytes of an upload. */
  bytes(id: string, size: number | undefined): ByteStore;
  upload(upload: Upload): void;
  dataset(dataset: Dataset): void;
  dropDataset(dataset: Dataset): void;
  /** From here on it also follows the runs of the kernel to their ends. */
  kernel(kernel: Kernel): void;
  dropKernel(kernel: Kernel): void;
  /** Saves what belongs to none of them: ids, users, tokens, deleted names. */
  rest(): void;
  /** Forgets everything. */
  clear(): void;
  /** Lets go; `end` stops the runs. What is queued then stays so for the next start. */
  close(end: () => Promise<void>): Promise<void>;
}

/** Keeps nothing: the state lives as long as the emulator. */
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
