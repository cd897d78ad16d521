import ky, { type KyInstance } from 'ky';
import { redact, redactUrl } from '../redact.ts';
import type { KaggleClient } from './client.ts';
import { isTransient, maxRetryAfterMs, retryAfterOf, retryDelay } from './retry.ts';

/** What the errors of ky may have. */
type Answered = Error & { readonly request?: Request; readonly response?: Response };

/** Shows no more of an address in an error than `redactUrl` does. */
function hideUrl(shown: { readonly url: string } | undefined): void {
  if (!shown || Object.getOwnPropertyDescriptor(shown, 'url')?.configurable === false) return;
  Object.defineProperty(shown, 'url', { value: redactUrl(shown.url), configurable: true });
}

/**
 * ky with the client's base address, credential, user agent, deadline and redirect rules, for anything that no method
 * covers: `await http(client).get('datasets/list').json()`. The credential is added below ky: its requests, and so its
 * errors, never hold a secret.
 */
export function http(client: KaggleClient): KyInstance {
  const { baseUrl, platform, timeout, clock } = client;
  return ky.create({
    baseUrl: `${baseUrl}/`,
    hooks: {
      init: [
        (options) => {
          // One for each call, however often ky repeats the request.
          const send = client.sender();
          const redirect = options.redirect as RequestRedirect | undefined;
          // Workers know no request of that kind.
          if (redirect === 'error' && !platform.opaqueRedirects) options.redirect = 'manual';
          options.fetch ??= async (input) => {
            const request = input as Request;
            if (platform.opaqueRedirects) return send(request);
            const { url, method, headers, signal } = request;
            const body = request.body && (await request.arrayBuffer());
            return send(url, { method, headers, body, redirect: redirect ?? request.redirect, signal });
          };
        },
      ],
      beforeRetry: [
        // A Retry-After makes the pause longer, never shorter; ky has waited for as long as it says.
        async ({ error, retryCount, request }) => {
          const { headers } = (error as Answered).response ?? {};
          if (!headers?.has('retry-after')) return;
          const missing = retryDelay(retryCount, 0, clock.random)! - (retryAfterOf(headers) ?? 0);
          if (missing > 0) await clock.sleep(missing, request.signal);
        },
      ],
      beforeError: [
        ({ error }) => {
          const { request, response } = error as Answered;
          for (const shown of [request, response]) hideUrl(shown);
          error.message = redact(error.message);
          return error;
        },
      ],
    },
    retry: {
      shouldRetry({ error }) {
        const asked = retryAfterOf((error as Answered).response?.headers ?? new Headers());
        return asked !== undefined && asked > maxRetryAfterMs ? false : isTransient(error) || undefined;
      },
    },
    timeout: timeout > 0 && timeout * 1000,
  });
}
