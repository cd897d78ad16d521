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
const secretSegment = /[\\/]eyJ[\w-]+\./;

/** Characters that the parser of URLs ignores. */
const ignored = /[\t\n\r]/g;

/** How a URL begins, with spaces that are ignored; with slashes instead of a scheme, it has that of the page. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a parser removes them
const beginning = /^[\u0000- ]*(?:(https?:)|[\\/]{2,})/i;

/** The URL that a browser would request for a text, in any spelling that it accepts; `undefined` if that is not a server. */
export function browserUrl(text: string): URL | undefined {
  // Most texts are none, and are not copied.
  if (!/^\W*h|^\W*[\\/]/i.test(text)) return undefined;
  const spelled = text.replace(ignored, '');
  if (!beginning.test(spelled)) return undefined;
  return parseWebUrl(spelled.replace(beginning, (_, scheme) => scheme ?? 'https://'));
}

/** Whether a URL contains a secret: a signature, a token, a password or the identifier of an upload. */
export function isSigned(text: string): boolean {
  const url = browserUrl(text);
  if (!url) return false;
  // In the text: a parsed URL no longer has the segments before "..".
  if (url.username || url.password || secretSegment.test(decoded(text.replace(ignored, '')))) return true;
  return secretParameter.test(decoded(url.search + url.hash));
}

/** The values of a signed URL that make it usable, to be hidden where they are quoted. */
export function secretsOfUrl(text: string): string[] {
  const { href, pathname, searchParams } = new URL(text);
  const values = [...searchParams.values(), ...pathname.split('/').filter((part) => part.length >= 32)];
  return [text, href, ...values.filter(({ length }) => length >= 8)];
}

/** Slashes, or backslashes that a browser takes for them, escaped in JSON any number of times. A limit keeps the time linear. */
const slashes = (least: number) => String.raw`(?:\\u002f|[\\/]|%(?:25)*2f){${least},32}`;
/** A character of a URL in text. A line break or tab, as JSON escapes it, ends it. */
const character = String.raw`(?:[^\s"'<>\x60\\]|\\+(?:[\/.\da-mo-qsv-z]|u(?!00(?:22|27|3c|3e|60|5c))))`;

/** URLs inside of text: plain, percent-encoded, or with characters that are escaped in JSON; then those without a scheme. */
const embedded: readonly RegExp[] = [
  new RegExp(String.raw`https?(?::|\\+u003a|%(?:25)*3a)${slashes(0)}${character}+`, 'gi'),
  new RegExp(String.raw`(?<![:\\/])${slashes(2)}[\w-]+(?:\.[\w-]+)+${character}*`, 'gi'),
];

/** The URL that an escaped one stands for, as text. */
function unescaped(found: string): string {
  const text = found
    .replace(/\\+u00([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/^[\\/]+/, '//')
    .replace(/\\+\/?/g, '/');
  return /^(?:https?:)?\/\//i.test(text) ? text : decoded(text);
}

/**
 * Shortens all signed addresses of Kaggle's storage in text, as a kernel or an error may print them. Other URLs belong to users and
 * stay as they are, unless one of these is in them.
 */
export function hideAddresses(text: string, { isStorage }: Addresses): string {
  const hide = (found: string): string => {
    const plain = unescaped(found);
    const url = browserUrl(plain);
    if (!url) return found;
    if (isStorage(url)) return isSigned(plain) ? redactUrl(url.href) : found;
    const [, inner] = /.(https?:\/\/.*)/is.exec(decoded(plain)) ?? [];
    const nested = inner === undefined ? undefined : browserUrl(inner);
    return nested && isStorage(nested) && isSigned(inner!) ? redactUrl(url.href) : found;
  };
  return embedded.reduce((hidden, pattern) => hidden.replace(pattern, hide), text);
}
