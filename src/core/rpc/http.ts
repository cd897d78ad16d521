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
  async function sendRequest(request: Request): Promise<Response> {
    const headers = new Headers(request.headers);
    if (opaqueRedirects) return send(request, { headers }, await credential());
    const { url, method, redirect, signal } = request;
    const body = request.body && (await request.arrayBuffer());
    return send(url, { method, headers, body, redirect, signal }, await credential());
  }

  return ky.create({
    baseUrl: `${baseUrl}/`,
    fetch: (request) => sendRequest(request as Request),
    timeout: timeoutMs,
    // The user agent is not a header that a page may set.
    headers: opaqueRedirects ? {} : { 'user-agent': userAgent },
  });
}
