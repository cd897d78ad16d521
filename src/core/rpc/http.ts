import ky, { type KyInstance } from 'ky';
import type { Credential } from '../auth/credential.ts';
import type { GuardedFetch } from './guarded-fetch.ts';

export interface HttpSettings {
  baseUrl: string;
  userAgent: string;
  send: GuardedFetch;
  credential(): Promise<Credential | undefined>;
  opaqueRedirects: boolean;
  timeoutMs: number | false;
}

/**
 * ky with the client's base address, user agent and credential rules. The only file that knows ky, and loaded by the first
 * request of `client.http`. The credential is added below ky: its requests, and so its errors, never hold a secret.
 */
export function createHttp({
  baseUrl,
  userAgent,
  send,
  credential,
  opaqueRedirects,
  timeoutMs,
}: HttpSettings): KyInstance {
  async function sendRequest(request: Request, found: Promise<Credential | undefined>): Promise<Response> {
    const headers = new Headers(request.headers);
    if (opaqueRedirects) return send(request, { headers }, await found);
    const { url, method, redirect, signal } = request;
    const body = request.body && (await request.arrayBuffer());
    return send(url, { method, headers, body, redirect, signal }, await found);
  }

  return ky.create({
    baseUrl: `${baseUrl}/`,
    hooks: {
      init: [
        (options) => {
          let found: Promise<Credential | undefined> | undefined;
          // CallInfo once for each call, however often ky repeats the request.
          options.fetch ??= (request) => {
            found ??= credential();
            return sendRequest(request as Request, found);
          };
        },
      ],
    },
    timeout: timeoutMs,
    // The user agent is not a header that a page may set.
    headers: opaqueRedirects ? {} : { 'user-agent': userAgent },
  });
}
