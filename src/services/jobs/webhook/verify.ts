import { growingBytes } from '../../../core/bytes/growing-bytes.ts';
import { checkMembers } from '../../../core/check-members.ts';
import { ValidationError } from '../../../core/errors.ts';
import { WebhookError } from './error.ts';
import { decodeBase64, importKeys, type WebhookSecret } from './secret.ts';
import { signedBytes } from './sign.ts';

/** A received webhook: a `Request`, or the headers and the exact body of one. */
export type ReceivedWebhook =
  | Request
  | {
      readonly headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>;
      /** The bytes as they arrived. JSON that was parsed and written again may differ. */
      readonly body: string | Uint8Array;
    };

/** Options of `verifyWebhook`. */
export interface VerifyWebhookOptions {
  /** Maximum difference in seconds between the time of the webhook and the local clock, in both directions. @default 300 */
  tolerance?: number | undefined;
  /** Current time in milliseconds since 1970. @default Date.now() */
  now?: number | undefined;
}

/** An authentic webhook. */
export interface VerifiedWebhook {
  /** Identifies the message. Store the IDs of handled messages: a message can arrive more than once. */
  readonly id: string;
  /** When this attempt was signed. */
  readonly timestamp: Date;
  /** The parsed JSON of the body. */
  readonly payload: unknown;
}

/** 1 MiB: the body is read before it is known who sent it. */
const maxBytes = 1 << 20;

/** More signatures than any rotation needs. */
const maxSignatures = 16;

function fail(problem: string): never {
  throw new WebhookError(`cannot accept the webhook: ${problem}`);
}

async function readBody({ body, bodyUsed }: Request): Promise<Uint8Array> {
  if (bodyUsed) {
    throw new ValidationError(
      (name) =>
        `${name('verifyWebhook')}: the body of the request was already read; pass { headers, body } with its text`,
    );
  }
  const received = growingBytes();
  for await (const chunk of body ?? []) {
    // Leaving the loop cancels the body.
    if (received.size + chunk.length > maxBytes) fail(`its body is larger than ${maxBytes} bytes`);
    received.write(chunk, received.size);
  }
  return received.slice(0, received.size);
}

function toHeaders(given: Exclude<ReceivedWebhook, Request>['headers']): Headers {
  if (typeof given.get === 'function') return given as Headers;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (/^webhook-/i.test(name)) for (const each of [value ?? []].flat()) headers.append(name, each);
  }
  return headers;
}

/**
 * Verifies the signature and the time of a received webhook. Works with any sender that follows the Standard Webhooks
 * specification.
 *
 * @param received - A `Request` with an unread body of at most 1 MiB, or headers and body.
 * @throws `WebhookError` if a header is missing, no signature matches, the time differs by more than `tolerance`, or the body is
 *   not JSON. Respond with an error status: the sender tries again.
 * @throws `ValidationError` if a secret is invalid.
 * @example
 * ```ts
 * import { verifyWebhook } from 'kaggle-ts/jobs';
 *
 * export default {
 *   async fetch(request: Request, env: { WEBHOOK_SECRET: string }) {
 *     const { id, payload } = await verifyWebhook(request, env.WEBHOOK_SECRET);
 *     console.log(id, payload);
 *     return new Response();
 *   },
 * };
 * ```
 */
export async function verifyWebhook(
  received: ReceivedWebhook,
  secret: WebhookSecret,
  options: VerifyWebhookOptions = {},
): Promise<VerifiedWebhook> {
  checkMembers('verifyWebhook', options, { tolerance: 'a number', now: 'a number' });
  const { tolerance = 300, now = Date.now() } = options;
  const keys = await importKeys('verifyWebhook', secret);
  const headers = toHeaders(received.headers);
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
    (name) => headers.get(name) ?? fail(`the header ${name} is missing`),
  ) as [string, string, string];
  if (!/^\d{1,12}$/.test(timestamp)) fail('webhook-timestamp is not a number of seconds');
  const time = Number(timestamp) * 1000;

  const body = 'bodyUsed' in received ? await readBody(received) : received.body;
  const data = signedBytes(id, timestamp, body);
  const signatures = signature
    .split(' ', maxSignatures)
    .map((text) => (text.startsWith('v1,') ? decodeBase64(text.slice(3)) : undefined))
    .filter((bytes) => bytes !== undefined);
  // Web Crypto compares in constant time. All combinations are tried, so that the duration does not tell which key matched.
  const results = await Promise.all(
    keys.flatMap((key) => signatures.map((bytes) => crypto.subtle.verify('HMAC', key, bytes, data))),
  );
  if (!results.includes(true)) {
    fail('no signature matches; check that the secret is the one of the sender, and that the body is unchanged');
  }
  const seconds = Math.round((now - time) / 1000);
  if (Math.abs(now - time) > tolerance * 1000) {
    const direction = seconds > 0 ? `${seconds} s ago` : `${-seconds} s in the future`;
    fail(`it was signed ${direction}, and at most ${tolerance} s are accepted; check the clocks`);
  }
  try {
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    return { id, timestamp: new Date(time), payload: JSON.parse(text) as unknown };
  } catch {
    return fail('its body is not JSON');
  }
}
