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

export interface UploadFileRequest {
  /** What the file is for; default `DATASET`. */
  type?: BlobStart['type'] | undefined;
  /** Default: for images by the name, else none. */
  contentType?: string | undefined;
}

export interface UploadFileOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Seconds without any progress after which a request counts as lost; default 60. */
  stallTimeout?: number | undefined;
  /** Go on with an upload that an earlier process began, and leave this one to the next. Default `true`. */
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

/** A file that Kaggle holds but that belongs to nothing yet: `token` is what create calls take, once. */
export interface UploadedFile {
  token: string;
  name: string;
  /** Bytes. */
  size: number;
  verified: Verified;
}

/** Opens one input and hands it to `send`; a folder is refused. */
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
 * Uploads one file over StartBlobUpload, in a resumable session. Resolves to its token, with which
 * `client.call(createDataset, { files: [{ token }] })` and the like make something of it. Throws as `createOrVersion`.
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
      // The token is the caller's now, and good for one use: the next call makes another.
      await journal?.clear([{ name, source }]);
      return { token, name, size: source.size, verified };
    } finally {
      await journal?.close();
    }
  });
}
