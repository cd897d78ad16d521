import type { KaggleClient } from '../core/rpc/client.ts';
import type { Addresses } from './addresses.ts';
import type { Limits } from './limits.ts';
import { hideAddresses } from './signed.ts';
import type { AllowRule } from './types.ts';

/** The settings of a proxy, checked. */
export interface Settings {
  readonly client: KaggleClient;
  readonly rules: ReadonlyMap<string, AllowRule>;
  readonly addresses: Addresses;
  readonly limits: Limits;
}

/** One admitted request, and what is needed to respond to it. */
export interface Exchange extends Settings {
  readonly request: Request;
  /** The URL of the proxy, as the page knows it. */
  readonly base: string;
  readonly user: string | undefined;
  /** Values that no response may contain. */
  readonly secrets: readonly string[];
  /** Counts the request as concurrent until the returned function is called, when a body has been passed on. */
  hold(): () => void;
}

/** The forms in which a secret may be quoted: as it is, in JSON, in a URL and in Base64. */
function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const base64 = btoa(String.fromCharCode(...bytes)).replace(/=+$/, '');
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), base64];
}

/** Removes secrets from text. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.flatMap(formsOf).reduce((hidden, form) => hidden.replaceAll(form, '[redacted]'), text);
}

/** Removes the secrets of an exchange, and signed addresses of Kaggle, from text. */
export function hide(text: string, { addresses, secrets }: Pick<Exchange, 'addresses' | 'secrets'>): string {
  return hideAddresses(hideSecrets(text, secrets), addresses);
}

/** An exchange whose response must not contain `more` either. */
export const hiding = (exchange: Exchange, more: readonly string[]): Exchange => ({
  ...exchange,
  secrets: [...exchange.secrets, ...more],
});
