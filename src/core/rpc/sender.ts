import type { Credential } from '../auth/credential.ts';
import { redactUrl } from '../redact.ts';
import { asOwnError, type CallContext } from './call.ts';

/** Sends one plain request: an address with its options, or a `Request` whose headers `init` may replace. */
export type Sender = (target: string | Request, init?: RequestInit) => Promise<Response>;

/** Makes a sender, which stands for one call: its credential is looked up with its first request. */
export function createSender(context: CallContext): Sender {
  let credential: Promise<Credential | undefined> | undefined;
  return async (target, init = {}) => {
    const request = typeof target === 'string' ? { url: target, method: 'GET', ...init } : target;
    const headers = new Headers(init.headers ?? request.headers);
    // Not a header that a page may set.
    if (!context.opaqueRedirects && !headers.has('user-agent')) headers.set('user-agent', context.userAgent);
    try {
      credential ??= context.credential();
      return await context.send(target, { ...init, headers }, await credential);
    } catch (error) {
      throw asOwnError(error, request.signal, `${request.method} ${redactUrl(request.url)}`);
    }
  };
}
