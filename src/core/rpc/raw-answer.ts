import { type CallInfo, readAnswer } from './answer.ts';
import { parseErrorBody } from './error-body.ts';
import { readText } from './read-text.ts';

/** Bytes: longer than any error message, shorter than most files. */
const longestError = 64 * 1024;

/**
 * Throws, as `readAnswer` does, if the response to a request for a file is an error that the API returns as JSON with HTTP 200.
 * Files from the storage have an ETag or a hash instead. Otherwise the response stays unread.
 */
export async function checkRawAnswer(response: Response, call: CallInfo): Promise<void> {
  const { headers, status } = response;
  const looksLikeApi =
    status === 200 &&
    /^application\/json/i.test(headers.get('content-type') ?? '') &&
    !headers.has('etag') &&
    !headers.has('x-goog-hash') &&
    Number(headers.get('content-length') ?? 0) <= longestError;
  if (!looksLikeApi) return;
  const text = await readText(response.clone(), longestError);
  if (text === undefined) return;
  const { code, message } = parseErrorBody(text);
  if (code < 400 || message === undefined) return;
  await response.body?.cancel();
  readAnswer(response, text, call);
}
