import { abortableResponse } from '../abortable.ts';
import type { Credential } from '../auth/credential.ts';
import { redactUrl } from '../redact.ts';
import type { CallContext } from './call.ts';
import { toConnectionError } from './connection.ts';
import { requestHeaders } from './headers.ts';

/** Sends one plain request: a URL with options, or a `Request` whose headers `init` can replace. */
export type Sender = (target: string | Request, init?: RequestInit) => Promise<Response>;

/** Creates a sender. Like a call, it looks up its credential once, with the first request. */
export function createSender(context: CallContext): Sender {
  let credential: Promise<Credential | undefined> | undefined;
  return async (target, init = {}) => {
    const request = typeof target === 'string' ? { url: target, method: 'GET', ...init } : target;
    const headers = requestHeaders(init.headers ?? request.headers, context);
    const signal = request.signal ?? new AbortController().signal;
    credential ??= context.credential();
    const response = credential.then((found) => context.send(target, { ...init, headers }, found));
    try {
      return await abortableResponse(response, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw await toConnectionError(error, `${request.method} ${redactUrl(request.url)}`, context, signal);
    }
  };
}
