import type { ErrorText, NameOption } from '../error-text.ts';
import { ValidationError } from '../errors.ts';

/**
 * An API token, the legacy username and key, or a proxy that has one of these (then both are empty here). `from` is where it was
 * found; `undefined` for the client's options.
 */
export type Credential =
  | { readonly type: 'bearer'; readonly token: string; readonly from?: string | undefined }
  | {
      readonly type: 'basic' | 'proxy';
      readonly username: string;
      readonly key: string;
      readonly token?: undefined;
      readonly from?: string | undefined;
    };

/** How to provide a credential on a platform without a `credentialHelp`. */
export const credentialHelp: string =
  'pass createClient({ token }), set KAGGLE_API_TOKEN (or KAGGLE_USERNAME and KAGGLE_KEY), ' +
  'or create ~/.kaggle/access_token (or kaggle.json)';

/** The page on which users create tokens. */
export const settings = 'https://www.kaggle.com/settings';

/** Where a credential comes from: `from`, or by default the options of these names. */
function sourceText(from: string | undefined, options: readonly string[], name: NameOption): string {
  return from ?? `option ${options.map((option) => name(option)).join(' and ')}`;
}

/** An error about the value of a credential, which it does not show. */
function invalid(what: string, from: string | undefined, options: readonly string[], fault: string): ValidationError {
  const message: ErrorText = (name) => `${what} (${sourceText(from, options, name)}) ${fault}`;
  return new ValidationError(message, [{ path: from === undefined ? options[0]! : '', message }]);
}

/** Trims an API token. Throws `ValidationError` if it cannot be sent in a header. */
export function bearer(token: unknown, from?: string): Credential {
  const text = typeof token === 'string' ? token.trim() : '';
  // Printable ASCII, without quotes and braces, which are left over from a shell, a .env file or kaggle.json.
  if (/^(?:(?!["'`{}<>,;\\])[!-~])+$/.test(text)) return { type: 'bearer', token: text, from };
  const why =
    typeof token !== 'string'
      ? 'not a string'
      : text === ''
        ? 'empty'
        : 'malformed: it contains a space, a quote or the like';
  throw invalid('the API token', from, ['token'], `is ${why}; create one at ${settings}`);
}

/** Trims a username and a key. Throws `ValidationError` if they cannot be sent as HTTP Basic. */
export function basic(username: unknown, key: unknown, from?: string): Credential {
  const [user, secret] = [username, key].map((value) => (typeof value === 'string' ? value.trim() : ''));
  if (!user || !secret) throw invalid('the credential', from, ['username', 'key'], 'needs both a username and a key');
  // HTTP Basic separates the two by a colon.
  if (!/^[^:\p{Cc}]+$/u.test(user))
    throw invalid('the username', from, ['username'], 'contains a colon or a line break');
  if (/\p{Cc}/u.test(secret)) throw invalid('the key', from, ['key'], 'contains a line break');
  return { type: 'basic', username: user, key: secret, from };
}

/** The value of the Authorization header. */
export function authorization(credential: Credential): string {
  if (credential.type === 'bearer') return `Bearer ${credential.token}`;
  const bytes = new TextEncoder().encode(`${credential.username}:${credential.key}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/**
 * The header of requests to a proxy (`kaggle-ts/proxy`), with the base URL of the client. Pages of other origins cannot send it
 * without permission.
 */
export const proxyHeader = 'x-kaggle-ts';

/** The parts of a credential that no error may show, even if the server repeats them. */
export function secretsOf(credential: Credential | undefined): string[] {
  if (!credential) return [];
  const secrets = [credential.token ?? credential.key, authorization(credential).slice(6)];
  // Shorter values, as in tests, also occur as plain words.
  return secrets.filter(({ length }) => length >= 8);
}

/** Why the server may have rejected a credential, and what to do. */
export function explainRefusal({ type, from }: Credential, name: NameOption): string {
  if (type === 'proxy') return 'ask its operator';
  const [what, options, why] =
    type === 'bearer'
      ? (['API token', ['token'], 'is wrong, expired or revoked'] as const)
      : (['username and key', ['username', 'key'], 'are wrong or not accepted by this method'] as const);
  return `the ${what} (${sourceText(from, options, name)}) ${why}; create an API token at ${settings}`;
}
