import type { UnpackedFile } from '../../core/archive/types.ts';
import { unpackZip } from '../../core/archive/unpack.ts';
import type { KaggleClient } from '../../core/client.ts';
import { ValidationError } from '../../core/errors.ts';
import type { DownloadFrom } from '../../core/transfer/download/address.ts';
import { checkAnswer } from './download-answer.ts';
import type { DownloadDatasetOptions, DownloadTarget } from './download-options.ts';
import { downloadDataset } from './generated/index.ts';
import type { DatasetHandle } from './ref.ts';

/** The content of a dataset, or of one file of it, as something that can be asked for again and in parts. */
export function datasetContent(
  client: KaggleClient,
  { owner, slug, version }: DatasetHandle,
  file: string | undefined,
  signal: AbortSignal | undefined,
): DownloadFrom {
  const request = {
    ownerSlug: owner,
    datasetSlug: slug,
    ...(version !== undefined && { datasetVersionNumber: version }),
    ...(file !== undefined && { fileName: file }),
  };
  return async (headers) => checkAnswer(await client.callRaw(downloadDataset, request, { headers, signal }));
}

/** What `download` does with the option `unzip`. */
export async function downloadUnpacked(
  client: KaggleClient,
  dataset: DatasetHandle,
  file: string | undefined,
  target: DownloadTarget,
  options: DownloadDatasetOptions,
): Promise<UnpackedFile[]> {
  if (file !== undefined) throw new ValidationError('unzip is for a whole dataset: leave "file" out');
  const isFolder = typeof target === 'string' || typeof (target as { sink?: unknown } | null)?.sink === 'function';
  if (!isFolder) throw new ValidationError('unzip needs a folder as the target: a path or a FolderSink');
  const { signal, onProgress, stallTimeout, sleep, limits, existing } = options;
  return unpackZip(client, datasetContent(client, dataset, undefined, signal), target as string, {
    file: `${dataset.slug}.zip`,
    signal,
    onProgress,
    stallTimeout,
    sleep,
    limits,
    keep: existing !== 'overwrite',
  });
}
