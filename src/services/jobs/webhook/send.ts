import { abortableResponse } from '../../../core/abortable.ts';
import { ValidationError } from '../../../core/errors.ts';
import { checkOptions } from '../../../core/options/check.ts';
import { any, callback, having, needed, seconds, signal, whole } from '../../../core/options/field.ts';
import type { Fields } from '../../../core/options/shape.ts';
import type { Clock } from '../../../core/platform.ts';
import { redactError, redactUrl } from '../../../core/redact.ts';
import { startDeadline } from '../../../core/rpc/deadline.ts';
import { retryAfterOf, retryDelay } from '../../../core/rpc/retry.ts';
import { systemClock } from '../../../core/sleep.ts';
import { parseWebUrl } from '../../../core/web-url.ts';
import { WebhookError } from './error.ts';
import { importKeys, type WebhookSecret } from './secret.ts';
import { messageId, signWith } from './sign.ts';

/** A message for `sendWebhook`. */
export interface WebhookMessage {
  /**
   * Identifies the message, so that the receiver can ignore one that arrives twice: letters, digits, `-` and `_`, at most 128
   * characters.
   */
  readonly id: string;
  /** Sent as JSON. */
  readonly payload: unknown;
}

/** Options of `sendWebhook`. */
export interface SendWebhookOptions {
  /** Signing secrets, which the receiver also has. */
  secret: WebhookSecret;
  /**
   * Number of retries after the first attempt, if there is no response or its status is 408, 425, 429 or 5xx. Pauses grow from
   * half a second to 30 s and respect Retry-After up to 120 s.
   * @default 3
   */
  retries?: number | undefined;
  /** Seconds until an attempt without a response fails; 0 for no limit. @default 15 */
  timeout?: number | undefined;
  /** Aborts the attempts and the pauses between them. */
  signal?: AbortSignal | undefined;
  /** Sends the requests, for example that of `countSubrequests`. @default The global `fetch`. */
  fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Clock of the pauses and the timestamps. @default The timers of the runtime. */
  clock?: Clock | undefined;
}

const optionFields = (): Fields<SendWebhookOptions> => ({
  // Checked by `importKeys`, which does not show it.
  secret: needed(any()),
  retries: whole(0),
  timeout: seconds(),
  signal: signal(),
  fetch: callback(),
  clock: having('a clock', 'sleep'),
});

const messageFields = (): Fields<WebhookMessage> => ({ id: messageId(), payload: any() });

const transientStatus = [408, 425, 429];

/** Checks that a URL keeps the message private: https, or http on this machine. */
function parseTarget(given: string | URL): URL {
  const url = parseWebUrl(`${given}`);
  let problem: string | undefined;
  if (!url) problem = 'expected an https URL';
  else if (url.username || url.password) problem = 'expected a URL without a username and password';
  else if (url.protocol === 'http:' && !/^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname))
    problem = `expected an https URL, got ${url.origin}; http is allowed for loopback addresses only`;
  if (url && !problem) return url;
  const message = problem!;
  throw new ValidationError((name) => `${name('sendWebhook')}: url: ${message}`, [{ path: 'url', message }]);
}

function writePayload(payload: unknown): string {
  try {
    return JSON.stringify(payload ?? null);
  } catch (cause) {
    const message = `expected a value that can be written as JSON: ${(cause as Error).message}`;
    throw new ValidationError((name) => `${name('sendWebhook')}: payload: ${message}`, [{ path: 'payload', message }]);
  }
}

/** The error of the runtime without the path of the URL, which some runtimes include. */
function safeError(error: unknown, { href, origin }: URL): Error {
  const safe = redactError(error);
  safe.message = safe.message.replaceAll(redactUrl(href), origin).trim();
  return safe;
}

/** What an attempt led to; `problem` is `undefined` for success. */
interface Attempt {
  readonly status?: number;
  readonly problem?: string;
  readonly transient?: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

function outcomeOf({ ok, status, headers, type }: Response): Attempt {
  if (ok) return { status };
  // Following it would send the signed message to an address that nobody configured.
  if (type === 'opaqueredirect' || (status >= 300 && status < 400))
    return { status, problem: 'it redirects, which is not followed; pass the final URL' };
  const transient = status >= 500 || transientStatus.includes(status);
  const hint = transient ? 'send the message again later' : 'check the URL and the secret';
  return {
    status,
    problem: `the receiver responded with ${status}; ${hint}`,
    transient,
    retryAfterMs: retryAfterOf(headers),
  };
}

async function attempt(url: URL, init: RequestInit, options: SendWebhookOptions): Promise<Attempt> {
  const { timeout = 15, signal, fetch: send = (request) => fetch(request) } = options;
  const deadline = startDeadline('sendWebhook', timeout, [signal]);
  try {
    deadline.signal.throwIfAborted();
    const request = new Request(url, { ...init, signal: deadline.signal });
    const response = await abortableResponse(send(request), deadline.signal);
    // The body is not needed, and could be endless.
    response.body?.cancel().catch(() => undefined);
    return outcomeOf(response);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const cause = safeError(error, url);
    const problem = deadline.signal.aborted ? `no response within ${timeout} s` : `no response (${cause.message})`;
    return { problem: `${problem}; check that the receiver is running`, transient: true, cause };
  } finally {
    deadline.stop();
  }
}

/**
 * Sends a signed message as a POST request with a JSON body. A message can arrive more than once, for example if the response is
 * lost: the receiver verifies it with `verifyWebhook` and ignores an ID that it has handled.
 *
 * @param url - An https URL, or an http URL of a loopback address. Redirects are not followed.
 * @returns The status of the response (2xx).
 * @throws `WebhookError` if the receiver does not respond or responds with an error or a redirect, after the retries. The message
 *   names only the origin of the URL, as its path may be secret.
 * @throws `ValidationError` for an invalid URL, message or option; nothing is sent.
 * @example
 * ```ts
 * import { sendWebhook } from 'kaggle-ts/jobs';
 *
 * const message = { id: 'nightly-7', payload: { type: 'job.done', ref: 'alice/my-job' } };
 * await sendWebhook('https://example.com/hooks', message, { secret: process.env.WEBHOOK_SECRET! });
 * ```
 */
export async function sendWebhook(
  url: string | URL,
  message: WebhookMessage,
  options: SendWebhookOptions,
): Promise<{ status: number }> {
  checkOptions('sendWebhook', message, messageFields);
  checkOptions('sendWebhook', options, optionFields);
  const target = parseTarget(url);
  const { retries = 3, clock = systemClock, secret } = options;
  const body = writePayload(message.payload);
  const keys = await importKeys('sendWebhook', secret);
  for (let count = 1; ; count++) {
    const signed = await signWith(keys, { id: message.id, body, timestamp: new Date(clock.now()) });
    const headers = { 'content-type': 'application/json', ...signed };
    const init: RequestInit = { method: 'POST', headers, body, redirect: 'manual' };
    const { status, problem, transient, retryAfterMs, cause } = await attempt(target, init, options);
    if (problem === undefined) return { status: status! };
    const pause = transient && count <= retries ? retryDelay(count, retryAfterMs, clock.random) : undefined;
    if (pause === undefined) {
      const attempts = count === 1 ? '' : ` in ${count} attempts`;
      throw new WebhookError(`cannot deliver the webhook to ${target.origin}${attempts}: ${problem}`, {
        status,
        cause,
      });
    }
    await clock.sleep(pause, options.signal);
  }
}
