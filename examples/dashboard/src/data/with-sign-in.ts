import { ApiError, AuthenticationError, ConnectionError, type KaggleClient } from 'kaggle-ts/browser';
import { noteReached } from './network.ts';
import { signedIn, signInCount } from './session.ts';

/** Whether a call was refused because the session of the dashboard has expired. */
const isExpired = (error: unknown): boolean =>
  error instanceof AuthenticationError && error.reason === 'SESSION_EXPIRED';

/** Whether a plain request was refused for that reason. Reads a copy of the response. */
async function wasRefused(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const body = (await response
    .clone()
    .json()
    .catch(() => undefined)) as { error?: { status?: string } } | undefined;
  return body?.error?.status === 'SESSION_EXPIRED';
}

/**
 * Returns a form of the client that survives the end of a session: what is refused then waits for the sign-in and is sent again,
 * so the code that sent it sees only a slow response. The wait does not count as part of the `timeout` of a call. Also notes
 * whether calls reach the server.
 */
export function withSignIn(client: KaggleClient): KaggleClient {
  async function repeat<T>(signal: AbortSignal | undefined, send: () => Promise<T>): Promise<T> {
    for (;;) {
      const before = signInCount();
      try {
        const result = await send();
        noteReached(true);
        return result;
      } catch (error) {
        if (error instanceof ConnectionError || error instanceof ApiError) noteReached(error instanceof ApiError);
        if (!isExpired(error)) throw error;
        if (signInCount() === before) await signedIn(signal);
      }
    }
  }

  /** `call` or `callRaw`. The options are the last of three or four arguments. */
  const repeated =
    (verb: 'call' | 'callRaw') =>
    (...args: unknown[]): Promise<unknown> => {
      const options = args[typeof args[0] === 'string' ? 3 : 2] as { signal?: AbortSignal } | undefined;
      return repeat(options?.signal, () => (client[verb] as (...args: unknown[]) => Promise<unknown>)(...args));
    };

  return {
    ...client,
    call: repeated('call') as KaggleClient['call'],
    callRaw: repeated('callRaw') as KaggleClient['callRaw'],
    whoAmI: (options) => repeat(options?.signal, () => client.whoAmI(options)),
    introspect: (options) => repeat(options?.signal, () => client.introspect(options)),
    sender() {
      const send = client.sender();
      return async (target, init) => {
        const response = await send(target, init);
        if (!(await wasRefused(response))) return response;
        await signedIn(init?.signal ?? (typeof target === 'string' ? undefined : target.signal));
        return typeof target === 'string' ? send(target, init) : unavailable();
      };
    },
    async fetch(request) {
      const response = await client.fetch(request);
      if (!(await wasRefused(response))) return response;
      await signedIn(request.signal);
      return unavailable();
    },
  };
}

/** The body of a request may be used up. After this response a transfer asks how much arrived, and continues there. */
const unavailable = () => new Response(null, { status: 503, headers: { 'retry-after': '0' } });
