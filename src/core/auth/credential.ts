import { ValidationError } from '../errors.ts';

/** Who the caller is: an API token, or the older pair of user name and key. `from` says where it was found. */
export type Credential =
  | { readonly type: 'bearer'; readonly token: string; readonly from?: string }
  | { readonly type: 'basic'; readonly username: string; readonly key: string; readonly from?: string };

/** What errors say when there is no credential, where the platform does not know better. */
export const credentialHelp: string =
  'pass createClient({ token }), or set KAGGLE_API_TOKEN (or KAGGLE_USERNAME and KAGGLE_KEY), ' +
  'or write ~/.kaggle/access_token (or kaggle.json)';

/** Where people make tokens. */
const settings = 'https://www.kaggle.com/settings';

/** A token without the white space around it; throws when it could not stand in a header. */
export function bearer(token: unknown, from = 'the token option'): Credential {
  const text = typeof token === 'string' ? token.trim() : '';
  // A quote or a brace is left from a shell, a .env file or kaggle.json.
  if (/^[\x21-\x7e]+$/.test(text) && !/["'`{}<>,;\\]/.test(text)) return { type: 'bearer', token: text, from };
  const why =
    typeof token !== 'string'
      ? 'not a string'
      : text === ''
        ? 'empty'
        : 'malformed: it has a blank, a quote, a line end or a letter that no token has';
  throw new ValidationError(`the API token (${from}) is ${why}; make one on ${settings}`);
}

export function basic(username: unknown, key: unknown, from = 'the username and key options'): Credential {
  const [name, secret] = [username, key].map((value) => (typeof value === 'string' ? value.trim() : ''));
  if (!name || !secret) {
    throw new ValidationError(`username and key (${from}) go together, and neither may be empty`);
  }
  // HTTP Basic separates the two by a colon.
  if (!/^[^:\p{Cc}]+$/u.test(name))
    throw new ValidationError(`the user name (${from}) has a colon or a line end in it`);
  if (/\p{Cc}/u.test(secret)) throw new ValidationError(`the key (${from}) has a line end in it`);
  return { type: 'basic', username: name, key: secret, from };
}

/** The value of the Authorization header. */
export function authorization(credential: Credential): string {
  if (credential.type === 'bearer') return `Bearer ${credential.token}`;
  const bytes = new TextEncoder().encode(`${credential.username}:${credential.key}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** What no error may show of a credential, wherever the server repeats it. */
export function secretsOf(credential: Credential | undefined): string[] {
  if (!credential) return [];
  const secrets = [
    credential.type === 'bearer' ? credential.token : credential.key,
    authorization(credential).slice(6),
  ];
  // Shorter ones are words, as in tests.
  return secrets.filter(({ length }) => length >= 8);
}

/** What follows from the server's refusing a credential. */
export function explainRefusal({ type, from = 'an option' }: Credential): string {
  return type === 'bearer'
    ? `it did not accept the API token (${from}); make a new one on ${settings}`
    : `it did not accept the user name and key (${from}), which work for some methods only; make an API token on ${settings}`;
}
