import { abortable } from '../abortable.ts';
import { proxyHeader } from '../auth/credential.ts';
import { ConnectionError } from '../errors.ts';
import { redact, redactUrl } from '../redact.ts';
import type { KaggleClient } from '../rpc/client.ts';
import { toConnectionError } from '../rpc/connection.ts';
import { parseErrorBody } from '../rpc/error-body.ts';

/** The headers of requests to `url` that a proxy requires. */
export function transferHeaders({ baseUrl }: Pick<KaggleClient, 'baseUrl'>, url: string): Record<string, string> {
  return url.startsWith(baseUrl + transferPath) ? { [proxyHeader]: baseUrl } : {};
}

/** Path of uploads and downloads below the base URL of a proxy (`kaggle-ts/proxy`). */
export const transferPath = '/transfer/';

/**
 * Sends a request to a signed URL of the storage: without credential and retries, and without an error for any status. `send`
 * carries it out where that is not the client's `fetch`; it may return `undefined` to leave it to that. Throws `ConnectionError`
 * if there is no response; the message has the URL without its signature.
 */
export async function requestStorage<T extends { readonly status: number } | undefined = Response>(
  client: KaggleClient,
  request: Pick<Request, 'method' | 'url' | 'signal'>,
  send: () => Promise<T> = () => client.fetch(request as Request) as unknown as Promise<T>,
): Promise<T> {
  const { method, url, signal } = request;
  const started = Date.now();
  let outcome: string | undefined = 'failed';
  try {
    const answer = await send();
    outcome = answer && String(answer.status);
    return answer;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const lost = await toConnectionError(error, `${method} ${redactUrl(url)}`, undefined, signal);
    if (!client.platform.opaqueRedirects || !(lost instanceof ConnectionError)) throw lost;
    // A page is not told whether the storage refused its origin.
    throw new ConnectionError(`${lost.message}, or let this page use the storage (CORS) by kaggle-ts/proxy`, {
      cause: lost,
    });
  } finally {
    if (outcome) client.log(`${method} ${redactUrl(url)} ${outcome} (${Date.now() - started} ms)`);
  }
}

/** Errors of the storage are a few lines long: no more is read. */
const longestError = 16_384;

/** Summarizes an error response of the storage, such as `HTTP 403 (AccessDenied: Access denied.)`. Reads its body. */
export async function describeError({ status, body }: Response, signal: AbortSignal): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  let text = '';
  try {
    while (reader && text.length < longestError) {
      const { done, value } = await abortable(reader.read(), signal);
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // The status is enough.
  }
  reader?.cancel().catch(() => undefined);
  const { reason, message } = parseErrorBody(text);
  const said = [reason, message].filter(Boolean).join(': ');
  return `HTTP ${status}${said && ` (${redact(said)})`}`;
}
