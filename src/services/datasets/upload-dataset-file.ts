import { checkCall } from '../../core/options/check.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import { type FileInput, fileField } from '../../core/transfer/inputs.ts';
import { epochSeconds, uploadTo } from '../../core/transfer/upload/upload.ts';
import { uploadDatasetFile as startUpload } from './generated/index.ts';
import { type UploadedFile, type UploadFileOptions, uploadFileFields, withOneFile } from './upload-file.ts';

/**
 * Uploads one file through UploadDatasetFile, an older call that Kaggle keeps for old clients.
 *
 * @param input - The file; folders are rejected.
 * @returns The token of the file.
 * @throws The errors of `uploadFile`.
 * @deprecated Use `uploadFile`.
 */
export async function uploadDatasetFile(
  client: KaggleClient,
  input: FileInput,
  options: UploadFileOptions = {},
): Promise<UploadedFile> {
  checkCall(
    'datasets.uploadDatasetFile',
    client,
    { input, options },
    { input: fileField<FileInput>, options: uploadFileFields },
  );
  options.signal?.throwIfAborted();
  await client.requireCredential('datasets.uploadDatasetFile', options);
  return withOneFile(client, input, async ({ name, source, identity }) => {
    const request = {
      fileName: name.slice(name.lastIndexOf('/') + 1),
      contentLength: source.size,
      lastModifiedEpochSeconds: epochSeconds(source.lastModified),
    };
    // Opening two sessions does no harm: the unused one expires.
    const open = (signal: AbortSignal) => client.call(startUpload, request, { signal, retry: 4 });
    const { token, verified } = await uploadTo(client, source, open, { ...options, file: name, identity });
    return { token, name, size: source.size, verified };
  });
}
