import type { KaggleClient } from '../../../core/rpc/client.ts';
import { listKernelFiles } from '../generated/methods.ts';
import { type ResolvedRun, runFields } from '../run-ref.ts';

/**
 * What Kaggle's listing of a run's files says of their sizes in bytes, by name: a second proof for files of which the
 * storage announced no checksum. Only the first 500; empty where there is no listing (it was seen to be empty).
 */
export async function listedSizes(
  client: KaggleClient,
  run: ResolvedRun,
  signal: AbortSignal | undefined,
): Promise<Map<string, number>> {
  try {
    const { files } = await client.call(listKernelFiles, { ...runFields(run), pageSize: 500 }, { signal, retry: 1 });
    return new Map(files.map(({ name, size }) => [name, Number(size)]));
  } catch {
    signal?.throwIfAborted();
    return new Map();
  }
}
