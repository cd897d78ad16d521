import type { KaggleClient } from '../client.ts';
import { ConnectionError } from '../errors.ts';
import { redactError, redactUrl } from '../redact.ts';

/**
 * A request to a signed address of the storage: without credential, without retries, never an error for a status. `send`
 * carries it out where that is not the client's `fetch`, and may leave it to that (`undefined`). Throws
 * `ConnectionError` when no answer comes; its text has the address without what signs it.
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
    const cause = redactError(error);
    throw new ConnectionError(`${method} ${redactUrl(url)}: no answer (${cause.message})`, { cause });
  } finally {
    if (outcome) client.log(`${method} ${redactUrl(url)} ${outcome} (${Date.now() - started} ms)`);
  }
}
