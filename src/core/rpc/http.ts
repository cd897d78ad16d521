import ky, { type KyInstance } from 'ky';
import { redact, redactUrl } from '../redact.ts';
import type { KaggleClient } from './client.ts';
import { isTransient, maxRetryAfterMs, retryAfterOf, retryDelay } from './retry.ts';

/** Fields of ky's errors. */
type Answered = Error & { readonly request?: Request; readonly response?: Response };

/** Redacts the URL of a request or response in an error. */
function hideUrl(shown: { readonly url: string } | undefined): void {
  if (!shown || Object.getOwnPropertyDescriptor(shown, 'url')?.configurable === false) return;
  Object.defineProperty(shown, 'url', { value: redactUrl(shown.url), configurable: true });
}

/**
 * Returns a ky instance with the client's base URL, credential, user agent, timeout, retries and redirect rules, for requests that
 * no method covers. The credential is added below ky, so that ky's requests and errors do not contain it.
 *
 * @example
 * ```ts
 * import { createClient } from 'kaggle-ts';
 * import { http } from 'kaggle-ts/http';
 *
 * const datasets = await http(createClient()).get('datasets/list').json();
 * ```
 */
export function http(client: KaggleClient): KyInstance {
  const { baseUrl, platform, timeout, clock } = client;
  return ky.create({
    baseUrl: `${baseUrl}/`,
    hooks: {
      init: [
        (options) => {
          // One sender per call, also if ky retries the request.
          const send = client.sender();
          const redirect = options.redirect as RequestRedirect | undefined;
          // Workers do not support `redirect: 'error'`.
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
        // ky has waited for Retry-After. The pause must not be shorter than without it.
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
