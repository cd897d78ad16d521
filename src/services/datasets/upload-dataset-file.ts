import type { KaggleClient } from '../../core/rpc/client.ts';
import type { FileInput } from '../../core/transfer/inputs.ts';
import { epochSeconds, uploadTo } from '../../core/transfer/upload/upload.ts';
import { uploadDatasetFile as startUpload } from './generated/index.ts';
import type { DatasetOptions } from './types.ts';
import { type UploadedFile, withOneFile } from './upload-file.ts';

/**
 * Uploads one file over the older UploadDatasetFile call, which Kaggle keeps for old clients.
 * @deprecated Use `uploadFile`.
 */
export async function uploadDatasetFile(
  client: KaggleClient,
  input: FileInput,
  options: Omit<DatasetOptions, 'concurrency'> = {},
): Promise<UploadedFile> {
  options.signal?.throwIfAborted();
  await client.requireCredential('datasets.uploadDatasetFile');
  return withOneFile(client, input, async ({ name, source, identity }) => {
    const request = {
      fileName: name.slice(name.lastIndexOf('/') + 1),
      contentLength: source.size,
      lastModifiedEpochSeconds: epochSeconds(source.lastModified),
    };
    // Asking for an address twice does no harm: the one that is not used expires.
    const open = (signal: AbortSignal) => client.call(startUpload, request, { signal, retry: 4 });
    const { token, verified } = await uploadTo(client, source, open, { ...options, file: name, identity });
    return { token, name, size: source.size, verified };
  });
}
