import type { KaggleClient } from '../../../core/rpc/client.ts';
import type { DownloadFrom } from '../../../core/transfer/ranged/address.ts';
import { downloadDataset } from '../generated/index.ts';
import type { DatasetHandle } from '../ref.ts';
import { explainMissing } from './missing-file.ts';

/** The content of a dataset, or of one of its files, in the form of a repeatable request for parts. */
export function datasetContent(
  client: KaggleClient,
  handle: DatasetHandle,
  file: string | undefined,
  signal: AbortSignal | undefined,
): DownloadFrom & ((headers: Record<string, string>) => Promise<Response>) {
  const { owner, slug, version } = handle;
  const request = {
    ownerSlug: owner,
    datasetSlug: slug,
    ...(version !== undefined && { datasetVersionNumber: version }),
    ...(file !== undefined && { fileName: file }),
  };
  return async (headers) => {
    try {
      return await client.callRaw(downloadDataset, request, { headers, signal });
    } catch (error) {
      throw file === undefined ? error : await explainMissing(client, handle, file, error, signal);
    }
  };
}
