import type { Platform } from '../platform.ts';
import { basic, bearer, type Credential } from './credential.ts';

/** What a provider of a credential may use. */
export interface CredentialContext {
  readonly platform: Platform;
  /** The client's own abort signal, if it was given one. */
  readonly signal: AbortSignal | undefined;
  /**
   * Calls a method of the API without a credential, as a login or a refresh does: over the client's `fetch` and endpoint,
   * with its deadline and signal. Resolves to the JSON of the answer.
   */
  // biome-ignore lint/suspicious/noExplicitAny: as untyped as `client.call` by name
  call(service: string, method: string, request: unknown): Promise<any>;
}

/** Resolves to the credential of a call, or to `undefined` for none. Called once for each call, retries included. */
export type CredentialProvider = (context: CredentialContext) => Promise<Credential | undefined>;

export interface CredentialOptions {
  /**
   * An API token (`KGAT_...`), or a function that resolves to one, called once for each call. It can call the API itself,
   * without a credential: `context.call('security.OAuthService', 'ExchangeOAuthToken', {...})`. Without a token the
   * platform's credentials are looked up.
   */
  token?: (string | ((context: CredentialContext) => string | undefined | Promise<string | undefined>)) | undefined;
  /** A legacy pair of user name and API key, sent as HTTP Basic. */
  username?: string | undefined;
  key?: string | undefined;
}

/** A provider that asks another one once, and again after a failure. */
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

/** The credential that the options give, else the one that `find` looks up. Throws `ValidationError` for a malformed one. */
export function providerOf({ token, username, key }: CredentialOptions, find: CredentialProvider): CredentialProvider {
  if (typeof token === 'function') {
    return async (context) => {
      const value = await token(context);
      return value === undefined ? undefined : bearer(value, 'the token function');
    };
  }
  const named = username !== undefined || key !== undefined;
  const fixed = token !== undefined ? bearer(token) : named ? basic(username, key) : undefined;
  return fixed ? async () => fixed : once(find);
}
