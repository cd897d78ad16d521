import { parseWebUrl } from './web-url.ts';

const address = /\bhttps?:\/\/[^\s"'`<>]*[^\s"'`<>.,:)]/gi;
const secret = /\b(KGAT_|Bearer\s+|Basic\s+|eyJ|[\w-]*(?:signature|credential|token|upload_id)=)[\w.~+/=%-]+/gi;

/**
 * An address for messages and logs: its origin and its last segment. What signs an address may be in its query or, as with
 * the outputs of kernels, in its path.
 */
export function redactUrl(url: string): string {
  const parsed = parseWebUrl(url);
  return parsed ? parsed.origin + parsed.pathname.replace(/^\/.*\//, '/…/') : '[address]';
}

/** `text` with addresses as `redactUrl` shows them, and without anything that looks like a credential. */
export function redact(text: string): string {
  return text.replace(address, redactUrl).replace(secret, '$1[redacted]');
}

/**
 * A stand-in for the error of a runtime that is safe to hand on as `cause`: some runtimes write the whole address,
 * signature included, into the message.
 */
export function redactError(error: unknown): Error {
  const { name, message, cause } = error as Error;
  const detail = cause instanceof Error ? ` (${cause.message || (cause as { code?: unknown }).code})` : '';
  const safe = new Error(redact(`${message ?? error}${detail}`));
  safe.name = name ?? safe.name;
  return safe;
}
