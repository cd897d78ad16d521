import { base64 } from '../../../core/hash/checksum.ts';
import { checkOptions } from '../../../core/options/check.ts';
import { type Field, field, needed, text } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import { importKeys, type WebhookSecret } from './secret.ts';

/** The headers of a signed webhook. */
export interface WebhookHeaders {
  /** Identifies the message. The same for all attempts to deliver it. */
  readonly 'webhook-id': string;
  /** Seconds since 1970 when the attempt was signed. */
  readonly 'webhook-timestamp': string;
  /** One signature for each secret, separated by spaces: `v1,` and an HMAC-SHA256 in base64. */
  readonly 'webhook-signature': string;
}

/** What `signWebhook` signs. */
export interface WebhookContent {
  /** Identifies the message: letters, digits, `-` and `_`, at most 128 characters. */
  readonly id: string;
  /** The exact body of the request. */
  readonly body: string;
  /** Time of the attempt. @default Now. */
  readonly timestamp?: Date | undefined;
}

/** A dot in the ID would let two messages have the same signed text. */
export const messageId = (): Field<string> & { readonly needed: true } =>
  needed(field('1 to 128 letters, digits, "-" or "_"', (id) => typeof id === 'string' && /^[\w-]{1,128}$/.test(id)));

const contentFields = (): Fields<WebhookContent> => ({
  id: messageId(),
  body: needed(text()),
  timestamp: field('a valid Date', (value) => value instanceof Date && Number.isFinite(value.getTime())),
});

/** Returns what the signatures cover. */
export function signedBytes(id: string, timestamp: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const head = encoder.encode(`${id}.${timestamp}.`);
  const rest = typeof body === 'string' ? encoder.encode(body) : body;
  const bytes = new Uint8Array(head.length + rest.length);
  bytes.set(head);
  bytes.set(rest, head.length);
  return bytes;
}

/**
 * Signs a webhook as the Standard Webhooks specification describes: HMAC-SHA256 over the ID, the time and the body, so that a
 * receiver can detect forged, changed and repeated messages. `sendWebhook` also sends it.
 *
 * @returns The headers of the request.
 * @throws `ValidationError` if a secret or the ID is invalid.
 * @example
 * ```ts
 * import { signWebhook } from 'kaggle-ts/jobs';
 *
 * const body = JSON.stringify({ type: 'job.done' });
 * const headers = await signWebhook({ id: 'nightly-7', body }, process.env.WEBHOOK_SECRET!);
 * await fetch('https://example.com/hooks', { method: 'POST', headers: { ...headers }, body });
 * ```
 */
export async function signWebhook(content: WebhookContent, secret: WebhookSecret): Promise<WebhookHeaders> {
  checkOptions('signWebhook', content, contentFields);
  return signWith(await importKeys('signWebhook', secret), content);
}

/** Signs valid content with all keys. */
export async function signWith(keys: readonly CryptoKey[], content: WebhookContent): Promise<WebhookHeaders> {
  const { id, body, timestamp = new Date() } = content;
  const seconds = `${Math.floor(timestamp.getTime() / 1000)}`;
  const data = signedBytes(id, seconds, body);
  const signatures = await Promise.all(keys.map((key) => crypto.subtle.sign('HMAC', key, data)));
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': signatures.map((bytes) => `v1,${base64(new Uint8Array(bytes))}`).join(' '),
  };
}
