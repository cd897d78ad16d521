import type { TransferOptions } from '../progress.ts';
import { callback, signal, whole } from './field.ts';
import type { Fields } from './shape.ts';

export const transferFields = (): Fields<TransferOptions> => ({
  signal: signal(),
  onProgress: callback(),
  concurrency: whole(1),
});
