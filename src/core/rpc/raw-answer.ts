import { type CallInfo, readAnswer } from './answer.ts';
import { parseErrorBody } from './error-body.ts';
import { readText } from './read-text.ts';

/** Longer than any error message, shorter than most data. */
const longestError = 64 * 1024;

/**
 * Throws what `readAnswer` throws for an error that the API reports as JSON with HTTP 200 where a file was asked for. A file
 * from the storage has a validator or a hash. The response can be read as before.
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
