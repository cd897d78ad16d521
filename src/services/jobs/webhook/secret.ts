import { ValidationError } from '../../../core/errors.ts';

/**
 * Signing secrets: `whsec_` and 24 to 64 random bytes in base64, for example `whsec_$(openssl rand -base64 32)`. During a
 * rotation, pass the new and the old one: messages are signed with all of them, and one that matches is enough to verify.
 */
export type WebhookSecret = string | readonly string[];

const prefix = 'whsec_';

/** Decodes base64; `undefined` if it is invalid. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function bytesOf(secret: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof secret !== 'string' || !secret.startsWith(prefix)) return undefined;
  const bytes = decodeBase64(secret.slice(prefix.length));
  return bytes && bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

/** Imports the secrets as HMAC keys. Throws `ValidationError`, which does not show them, if one is invalid or there is none. */
export async function importKeys(what: string, secret: WebhookSecret): Promise<CryptoKey[]> {
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  const keys = secrets.map(bytesOf);
  if (keys.length === 0 || keys.includes(undefined)) {
    const problem = keys.length === 0 ? ', got an empty array' : secrets.includes(undefined) ? ', got undefined' : '';
    const message = `expected "${prefix}" and 24 to 64 random bytes in base64${problem}; create one with: echo "${prefix}$(openssl rand -base64 32)"`;
    throw new ValidationError((name) => `${name(what)}: ${name('secret')}: ${message}`, [{ path: 'secret', message }]);
  }
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return Promise.all(keys.map((bytes) => crypto.subtle.importKey('raw', bytes!, algorithm, false, ['sign', 'verify'])));
}
