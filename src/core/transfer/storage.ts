import type { KaggleClient } from '../client.ts';
import { ConnectionError } from '../errors.ts';
import { redactError, redactUrl } from '../redact.ts';

/**
 * A request to a signed address of the storage: without credential, without retries, never an error for a status.
 * `send` carries it out where that is not the client's `fetch`. Throws `ConnectionError` when no answer comes; its text has the address without what signs it.
 */
export async function requestStorage(
  client: KaggleClient,
  request: Pick<Request, 'method' | 'url' | 'signal'>,
  send: () => Promise<Response> = () => client.fetch(request as Request),
): Promise<Response> {
  const { method, url, signal } = request;
  const started = Date.now();
  let outcome = 'failed';
  try {
    const response = await send();
    outcome = String(response.status);
    return response;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const cause = redactError(error);
    throw new ConnectionError(`${method} ${redactUrl(url)}: no answer (${cause.message})`, { cause });
  } finally {
    client.log(`${method} ${redactUrl(url)} ${outcome} (${Date.now() - started} ms)`);
  }
}
