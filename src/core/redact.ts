import { parseWebUrl } from './web-url.ts';

// A character in plain text, JSON or JavaScript, percent-encoded (any number of times), or in HTML.
const colon = /:|\\+(?:u00|x)3a|%(?:25)*3a|&#x?(?:3a|58);/i;
const slash = /[\\/]|\\+(?:u00|x)2f|%(?:25)*2f|&#x?(?:2f|47);/gi;
const query = /(?:[?#]|\\+(?:u00|x)(?:3f|23)|%(?:25)*(?:3f|23)|&#x?(?:3f|23|63|35);).*/is;

/** A URL and everything up to the next whitespace: any other character that seems to end it could be a part of it. */
const address =
  /https?(?::|\\+(?:u00|x)3a|%(?:25)*3a|&#x?(?:3a|58);)(?:[\\/]|\\+(?:u00|x)2f|%(?:25)*2f|&#x?(?:2f|47);)\S*/gi;

/** Characters that surround a URL in text without being a part of it. */
const quotes = /["'`<>«»“”„‘’|].*/s;
const ends = /[.,:;!?)\]}>"'`»”’。，；：！？、】）》」』\\]{1,16}$/;

/** User and password before a host, with or without a scheme. */
const userinfo = /(\/\/)[^\s/]*@|(?<=^|[\s"'`(=<[{,/\\])[^\s"'`/\\@:()=<[{,]{1,128}:[^\s/@]{1,128}@(?=[\w[])/g;
const parameter = /([?&;][\w.~%-]+=)(?!\[redacted\])[^\s&;"'`<>)\]}]+/g;
const secret =
  /(KGAT_|whsec_|Bearer\s+|Basic\s+|(?<![a-z0-9])eyJ|(?:signature|credential|token|upload_id)=)[\w.~+/=%-]+/gi;

/** Redacts everything that looks like a credential. */
function hideSecrets(text: string): string {
  return text
    .replace(userinfo, (_, slashes) => slashes ?? '[redacted]@')
    .replace(parameter, '$1[redacted]')
    .replace(secret, '$1[redacted]');
}

/**
 * Returns a URL for messages and logs: its origin and last path segment. The signature of a URL can be in its query or, for the
 * outputs of kernels, in its path. Pages of the site are shown with their path, as they contain no secrets.
 */
export function redactUrl(url: string): string {
  const parsed = parseWebUrl(url);
  if (!parsed) return '[URL]';
  const { origin, pathname } = parsed;
  // An origin stays one: `allowedOrigins` and CORS take it without a slash.
  const path = pathname === '/' && !url.endsWith('/') ? '' : pathname;
  return hideSecrets(origin + (origin === 'https://www.kaggle.com' ? path : path.replace(/^\/.*\//, '/…/')));
}

/** Redacts a URL found in text, with everything up to the next whitespace; keeps only punctuation after it. */
function redactFound(found: string): string {
  const plain = found.replace(colon, ':').replace(slash, '/').replace(query, '');
  // Removed first, as a password can contain any character.
  const [, scheme = '', rest = ''] = /^(https?:)\/+(?:[^/]*@)?(.*)$/is.exec(plain) ?? [];
  const shown = rest.replace(quotes, '').replace(ends, '');
  // The scheme alone, as in "add https://".
  const safe = shown === '' ? `${scheme}//` : redactUrl(`${scheme}//${shown}`);
  return safe + (ends.exec(found)?.[0] ?? '');
}

/** Redacts all URLs in `text`, as `redactUrl` does, and everything that looks like a credential. */
export function redact(text: string): string {
  return hideSecrets(text.replace(address, redactFound));
}

/**
 * Returns a redacted copy of a runtime's error to use as `cause`: some runtimes include the whole signed URL in the message.
 */
export function redactError(error: unknown): Error {
  const { name, message, cause, code } = (error ?? {}) as Error & { code?: unknown };
  const detail = cause instanceof Error ? ` (${cause.message || (cause as { code?: unknown }).code})` : '';
  const safe = new Error(redact(`${message ?? error}${detail}`));
  safe.name = name ?? safe.name;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? Object.assign(safe, { code }) : safe;
}
