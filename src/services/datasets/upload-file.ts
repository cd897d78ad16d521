import { TransferError } from '../../core/errors.ts';
import { checkCall } from '../../core/options/check.ts';
import { callback, flag, name as nameField, oneOf, seconds, signal as signalField } from '../../core/options/field.ts';
import type { Fields } from '../../core/options/shape.ts';
import type { Progress, Verified } from '../../core/progress.ts';
import type { KaggleClient } from '../../core/rpc/client.ts';
import {
  closeFiles,
  type FileInput,
  fileField,
  inputPath,
  type OpenedFile,
  openFiles,
} from '../../core/transfer/inputs.ts';
import { openJournal } from '../../core/transfer/upload/journal.ts';
import { type BlobStart, uploadBlob } from '../../core/transfer/upload/upload.ts';
import { imageType } from './content-type.ts';

/** Purpose and media type of the file of `uploadFile`. */
export interface UploadFileRequest {
  /**
   * What the file is for.
   * @default 'DATASET'
   */
  type?: BlobStart['type'] | undefined;
  /**
   * Media type.
   * @default the type of an image, by the extension of its name; otherwise none
   */
  contentType?: string | undefined;
}

/** Options of `uploadFile`. */
export interface UploadFileOptions {
  /** Aborts the upload; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** Called as bytes are sent, and once with `phase: 'done'`. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Seconds without progress after which a request is retried; 0 for no limit.
   * @default 60
   */
  stallTimeout?: number | undefined;
  /**
   * Resumes an upload that an earlier process started, and stores what a later process needs to resume this one. Needs a
   * platform with a state store.
   * @default true
   */
  resume?: boolean | undefined;
}

const requestFields = (): Fields<UploadFileRequest> => ({
  type: oneOf('DATASET', 'MODEL', 'INBOX', 'COMPETITION_SOLUTION'),
  contentType: nameField(),
});

export const uploadFileFields = (): Fields<UploadFileOptions> => ({
  signal: signalField(),
  onProgress: callback(),
  stallTimeout: seconds(),
  resume: flag(),
});

/** An uploaded file that is not part of anything yet. */
export interface UploadedFile {
  /** Passed to a create call, such as `CreateDataset`. Valid for one call. */
  token: string;
  /** Name of the file, with `/` between folders. */
  name: string;
  /** Bytes. */
  size: number;
  /** How the stored bytes were checked. */
  verified: Verified;
}

/** Opens one input and passes it to `send`. Rejects folders. */
export async function withOneFile<T>(
  client: KaggleClient,
  input: FileInput,
  send: (file: OpenedFile) => Promise<T>,
): Promise<T> {
  const opened = await openFiles([input], client.platform);
  try {
    const path = inputPath(input);
    const isFolder = path !== undefined && (await client.platform.fs?.stat(path))?.kind === 'directory';
    if (isFolder || opened.length !== 1)
      throw new TransferError(`cannot upload "${path}": it is a folder; pass one file, or use createOrVersion`, {
        file: path,
      });
    return await send(opened[0]!);
  } finally {
    await closeFiles(opened);
  }
}

/**
 * Uploads one file in a resumable session, without creating anything from it.
 *
 * @param input - The file; folders are rejected.
 * @param request - What the file is for.
 * @returns The token that create calls take, such as `client.call(createDataset, { files: [{ token }] })`.
 * @throws `ValidationError` if the input or an option is invalid. Nothing was sent.
 * @throws `AuthenticationError` if there is no credential.
 * @throws `TransferError` if the file cannot be read or uploaded, or is a folder; `IntegrityError` if the storage received
 * other bytes.
 * @throws `ApiError` if Kaggle refuses to start the upload.
 * @throws The reason of `signal` if it is aborted.
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { uploadFile } from 'kaggle-ts/datasets';
 *
 * const { token, size } = await uploadFile(createClient(), './weights.bin', { type: 'MODEL' });
 * console.log(size, token.length);
 * ```
 */
export async function uploadFile(
  client: KaggleClient,
  input: FileInput,
  request: UploadFileRequest = {},
  options: UploadFileOptions = {},
): Promise<UploadedFile> {
  checkCall(
    'datasets.uploadFile',
    client,
    { input, request, options },
    { input: fileField<FileInput>, request: requestFields, options: uploadFileFields },
  );
  options.signal?.throwIfAborted();
  await client.requireCredential('datasets.uploadFile', options);
  return withOneFile(client, input, async ({ name, source, identity }) => {
    const base = name.slice(name.lastIndexOf('/') + 1);
    const start = { type: request.type ?? 'DATASET', name: base, contentType: request.contentType ?? imageType(base) };
    const target = `file:${client.baseUrl}:${start.type}/${name}:${source.key}`;
    const journal =
      options.resume === false || source.key === undefined ? undefined : await openJournal(client, target);
    try {
      const record = await journal?.upload(source, name);
      const { token, verified } = await uploadBlob(client, source, start, { ...options, file: name, identity, record });
      // The caller owns the token, which is valid for one call: the next upload needs another.
      await journal?.clear([{ name, source }]);
      return { token, name, size: source.size, verified };
    } finally {
      await journal?.close();
    }
  });
}
