import { redactUrl } from '../core/redact.ts';
import { parseWebUrl } from '../core/web-url.ts';
import type { Addresses } from './addresses.ts';

/** Decodes percent-encoding, also if it was encoded several times. */
const decoded = (text: string) =>
  text.replace(/%(?:25)*([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** A parameter whose name tells that its value is secret, also in a URL that is itself the value of a parameter. */
const secretParameter =
  /[?&;#][\w.[\]-]*(?:sign|sig(?==)|credential|token|upload_?id|key|secret|hmac|session|policy)[\w.[\]-]*=/i;

/** The outputs of kernels have a token in the path. */
const secretSegment = /\/eyJ[\w-]+\./;

/** Whether a URL contains a secret: a signature, a token or the identifier of an upload. */
export function isSigned(text: string): boolean {
  const url = /^https?:\/\//i.test(text) ? parseWebUrl(text) : undefined;
  if (!url) return false;
  if (url.username || url.password || secretSegment.test(decoded(url.pathname))) return true;
  return secretParameter.test(decoded(url.search + url.hash));
}

/** The values of a signed URL that make it usable, to be hidden where they are quoted. */
export function secretsOfUrl(text: string): string[] {
  const { href, pathname, searchParams } = new URL(text);
  const values = [...searchParams.values(), ...pathname.split('/').filter((part) => part.length >= 32)];
  return [text, href, ...values.filter(({ length }) => length >= 8)];
}

/** A URL inside of text: plain, percent-encoded, or with characters that are escaped in JSON any number of times. */
const embedded =
  /https?(?::|\\+u003a|%(?:25)*3a)(?:\\*\/|\\+u002f|%(?:25)*2f){2}(?:[^\s"'<>`\\]|\\+(?:\/|u00(?!22|27|3c|3e|60|5c)[0-9a-f]{2}))+/gi;

/** The URL that an escaped one stands for. */
function plainUrl(found: string): URL | undefined {
  const text = found
    .replace(/\\+u00([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\+\//g, '/');
  return parseWebUrl(/^https?:\/\//i.test(text) ? text : decoded(text));
}

/**
 * Shortens all signed addresses of Kaggle's storage in text, as a kernel or an error may print them. Other URLs belong to users and
 * stay as they are, unless one of these is in them.
 */
export function hideAddresses(text: string, { isStorage }: Addresses): string {
  return text.replace(embedded, (found) => {
    const url = plainUrl(found);
    if (!url || !isSigned(url.href)) return found;
    if (isStorage(url)) return redactUrl(url.href);
    const [inner] = decoded(url.search + url.hash).match(/https?:\/\/.*/is) ?? [];
    const nested = inner === undefined ? undefined : parseWebUrl(inner);
    return nested && isStorage(nested) && isSigned(nested.href) ? redactUrl(url.href) : found;
  });
}
