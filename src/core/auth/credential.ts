import { ValidationError } from '../errors.ts';

/** Who the caller is: an API token, or the older pair of user name and key. */
export type Credential =
  | { readonly type: 'bearer'; readonly token: string }
  | { readonly type: 'basic'; readonly username: string; readonly key: string };

/** What errors say when there is no credential. */
export const credentialHelp: string =
  'pass createClient({ token }), or set KAGGLE_API_TOKEN (or KAGGLE_USERNAME and KAGGLE_KEY), ' +
  'or write ~/.kaggle/access_token (or kaggle.json)';

/** A token without the white space around it; throws when it could not stand in a header. */
export function bearer(token: string): Credential {
  const text = token.trim();
  if (!/^[\x21-\x7e]+$/.test(text)) throw new ValidationError('the API token is empty or malformed');
  return { type: 'bearer', token: text };
}

export function basic(username: string, key: string): Credential {
  if (!username.trim() || !key.trim())
    throw new ValidationError('username and key go together, and neither may be empty');
  return { type: 'basic', username: username.trim(), key: key.trim() };
}

/** The value of the Authorization header. */
export function authorization(credential: Credential): string {
  if (credential.type === 'bearer') return `Bearer ${credential.token}`;
  const bytes = new TextEncoder().encode(`${credential.username}:${credential.key}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}
