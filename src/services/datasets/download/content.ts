import { readAnswer } from '../../../core/rpc/answer.ts';
import type { KaggleClient } from '../../../core/rpc/client.ts';
import { parseErrorBody } from '../../../core/rpc/error-body.ts';
import type { DownloadFrom } from '../../../core/transfer/ranged/address.ts';
import { downloadDataset } from '../generated/index.ts';
import type { DatasetHandle } from '../ref.ts';
import { explainMissing } from './missing-file.ts';

/** Longer than any error message, shorter than most data. */
const longestError = 64 * 1024;

/** The body as text if it is short, from a copy of the response; else `undefined`. */
async function peek(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.clone().body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) return new TextDecoder().decode(await new Blob(chunks as BlobPart[]).arrayBuffer());
    if (value) chunks.push(value);
    size += value?.length ?? 0;
    if (size <= longestError) continue;
    // The other half of the copy is still to be read: waiting for the end of this one would wait for that.
    reader?.cancel().catch(() => undefined);
    return undefined;
  }
}

/** An error that the API reports as JSON with HTTP 200 is not a file. A file from storage has a validator or a hash. */
async function checkAnswer(response: Response): Promise<Response> {
  const { headers, status } = response;
  const looksLikeApi =
    status === 200 &&
    /^application\/json/i.test(headers.get('content-type') ?? '') &&
    !headers.has('etag') &&
    !headers.has('x-goog-hash') &&
    Number(headers.get('content-length') ?? 0) <= longestError;
  const text = looksLikeApi ? await peek(response) : undefined;
  if (text === undefined) return response;
  const { code, message } = parseErrorBody(text);
  if (code < 400 || message === undefined) return response;
  await response.body?.cancel();
  readAnswer(response, text, { method: 'datasets.DatasetApiService/DownloadDataset', anonymous: false });
  return response;
}

/** The content of a dataset, or of one file of it, as something that can be asked for again and in parts. */
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
      return await checkAnswer(await client.callRaw(downloadDataset, request, { headers, signal }));
    } catch (error) {
      throw file === undefined ? error : await explainMissing(client, handle, file, error, signal);
    }
  };
}
