import type { Credential } from '../../core/auth/credential.ts';

/** The token or the key of a credential. */
export function secretOf(credential: Credential | undefined): string | undefined {
  return credential?.type === 'bearer' ? credential.token : credential?.key;
}

/**
 * Replaces the secret in `text`, which a server may echo: unchanged, URL-encoded, and in Basic form with the user name. Call it
 * before a text is truncated: half a secret is not recognized.
 */
export function hideSecret(text: string, secret: string | undefined, user: string, stand = '[redacted]'): string {
  if (!secret) return text;
  const forms = [secret, encodeURIComponent(secret), btoa(`${user}:${secret}`)];
  return forms.reduce((rest, form) => rest.replaceAll(form, stand), text);
}
