import ky, { type KyInstance } from 'ky';
import { redact, redactUrl } from '../redact.ts';
import type { KaggleClient } from './client.ts';
import { isTransient } from './retry.ts';

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
  const { baseUrl, platform, timeout } = client;
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
      beforeError: [
        ({ error }) => {
          const { request, response } = error as { request?: Request; response?: Response };
          for (const shown of [request, response]) hideUrl(shown);
          error.message = redact(error.message);
          return error;
        },
      ],
    },
    retry: { shouldRetry: ({ error }) => isTransient(error) || undefined },
    timeout: timeout > 0 && timeout * 1000,
  });
}
