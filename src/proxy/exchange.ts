import type { KaggleClient } from '../core/rpc/client.ts';
import type { Addresses } from './addresses.ts';
import type { Limits } from './limits.ts';
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

/** Removes the credential of the proxy from text. */
export function hide(text: string, { secrets }: Pick<Exchange, 'secrets'>): string {
  return secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '[redacted]'), text);
}
