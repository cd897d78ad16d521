import { invalidOption } from '../check-members.ts';
import type { Platform } from '../platform.ts';
import { basic, bearer, type Credential } from './credential.ts';

/** The argument of a `token` function. */
export interface CredentialContext {
  /** The platform of the client. */
  readonly platform: Platform;
  /** The `signal` option of the client. */
  readonly signal: AbortSignal | undefined;
  /**
   * Calls a method of the API without a credential, as a login or a token refresh does, with the client's endpoint, `fetch`,
   * timeout and signal. Resolves to the JSON response.
   */
  // biome-ignore lint/suspicious/noExplicitAny: untyped, as `client.call` by name is
  call(service: string, method: string, request: unknown): Promise<any>;
}

/** Resolves to the credential of a call, or to `undefined` for none. Called once per call; retries share the result. */
export type CredentialProvider = (context: CredentialContext) => Promise<Credential | undefined>;

/** How a client authenticates. Without any of these options, it looks the credential up on the platform. */
export interface CredentialOptions {
  /**
   * An API token (`KGAT_...`, created at https://www.kaggle.com/settings) or an OAuth access token, sent as a Bearer token. A
   * function is called once per call, and can call the API without a credential to obtain one.
   *
   * @example
   * ```ts
   * import { createClient } from 'kaggle-ts';
   *
   * const client = createClient({
   *   async token({ call }) {
   *     const { accessToken } = await call('security.OAuthService', 'ExchangeOAuthToken', { refreshToken: '...' });
   *     return accessToken;
   *   },
   * });
   * ```
   */
  token?: (string | ((context: CredentialContext) => string | undefined | Promise<string | undefined>)) | undefined;
  /** Username for a legacy API key. Username and key are sent as HTTP Basic; some methods accept only a token. */
  username?: string | undefined;
  /** Legacy API key for `username`. */
  key?: string | undefined;
  /**
   * `'proxy'` if `endpoint` is a proxy of `kaggle-ts/proxy`, which adds the credential on the server. Requests then contain the
   * header `x-kaggle-ts` instead of a credential.
   */
  credential?: 'proxy' | undefined;
}

/** Caches the result of a provider. A failure is not cached. */
function once(provider: CredentialProvider): CredentialProvider {
  let found: Promise<Credential | undefined> | undefined;
  return (context) => {
    found ??= provider(context).catch((error: unknown) => {
      found = undefined;
      throw error;
    });
    return found;
  };
}

/** Returns a provider of the credential in the options, else of the one that `find` looks up. Throws `ValidationError` for a malformed one. */
export function providerOf(
  { token, username, key, credential, endpoint }: CredentialOptions & { readonly endpoint?: unknown },
  find: CredentialProvider,
): CredentialProvider {
  const named = username !== undefined || key !== undefined;
  if (credential && (credential !== 'proxy' || !endpoint || token || named))
    throw invalidOption('credential', "expected 'proxy' with endpoint, no token");
  if (typeof token === 'function') {
    return async (context) => {
      const value = await token(context);
      return value === undefined ? undefined : bearer(value, 'the token function');
    };
  }
  const fixed: Credential | undefined = credential
    ? { type: credential, username: '', key: '' }
    : token !== undefined
      ? bearer(token)
      : named
        ? basic(username, key)
        : undefined;
  return fixed ? async () => fixed : once(find);
}
