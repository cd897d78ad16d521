import type { Credential } from '../../core/auth/credential.ts';

/** The token or the key of a credential. */
export function secretOf(credential: Credential | undefined): string | undefined {
  return credential?.type === 'basic' ? credential.key : credential?.token;
}

/**
 * `text` with `stand` for the secret, which a server may say back: as it is, as it stands in an address, and as Basic has it
 * with the user's name. To be done before a text is cut: half a secret is not recognised any more.
 */
export function hideSecret(text: string, secret: string | undefined, user: string, stand = '[redacted]'): string {
  if (!secret) return text;
  const forms = [secret, encodeURIComponent(secret), btoa(`${user}:${secret}`)];
  return forms.reduce((rest, form) => rest.replaceAll(form, stand), text);
}
