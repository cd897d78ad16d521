import { parseWebUrl } from './web-url.ts';

// A character as it stands in a text, in JSON or JavaScript, percent-encoded (however often), or in HTML.
const colon = /:|\\+(?:u00|x)3a|%(?:25)*3a|&#x?(?:3a|58);/i;
const slash = /[\\/]|\\+(?:u00|x)2f|%(?:25)*2f|&#x?(?:2f|47);/gi;
const query = /(?:[?#]|\\+(?:u00|x)(?:3f|23)|%(?:25)*(?:3f|23)|&#x?(?:3f|23|63|35);).*/is;

/** An address and all that follows it without a blank: what ends it there may as well be a part of it. */
const address =
  /https?(?::|\\+(?:u00|x)3a|%(?:25)*3a|&#x?(?:3a|58);)(?:[\\/]|\\+(?:u00|x)2f|%(?:25)*2f|&#x?(?:2f|47);)\S*/gi;

/** What surrounds an address in a text, and is no part of it. */
const quotes = /["'`<>«»“”„‘’|].*/s;
const ends = /[.,:;!?)\]}>"'`»”’。，；：！？、】）》」』\\]{1,16}$/;

/** A user and password before a host, of an address of any kind or of none. */
const userinfo = /(\/\/)[^\s/]*@|(?<=^|[\s"'`(=<[{,/\\])[^\s"'`/\\@:()=<[{,]{1,128}:[^\s/@]{1,128}@(?=[\w[])/g;
const parameter = /([?&;][\w.~%-]+=)(?!\[redacted\])[^\s&;"'`<>)\]}]+/g;
const secret = /(KGAT_|Bearer\s+|Basic\s+|(?<![a-z0-9])eyJ|(?:signature|credential|token|upload_id)=)[\w.~+/=%-]+/gi;

/** Hides what looks like a credential, wherever it stands. */
function hideSecrets(text: string): string {
  return text
    .replace(userinfo, (_, slashes) => slashes ?? '[redacted]@')
    .replace(parameter, '$1[redacted]')
    .replace(secret, '$1[redacted]');
}

/**
 * An address for messages and logs: its origin and its last segment. What signs an address may be in its query or, as with
 * the outputs of kernels, in its path.
 */
export function redactUrl(url: string): string {
  const parsed = parseWebUrl(url);
  // Pages are for people, and hold no secret.
  if (parsed?.origin === 'https://www.kaggle.com') return hideSecrets(parsed.origin + parsed.pathname);
  return parsed ? hideSecrets(parsed.origin + parsed.pathname.replace(/^\/.*\//, '/…/')) : '[URL]';
}

/** An address as it was found in a text, with what follows it up to a blank: of that only punctuation is kept. */
function redactFound(found: string): string {
  const plain = found.replace(colon, ':').replace(slash, '/').replace(query, '');
  // A password may have any character in it: it goes before anything else is looked at.
  const [, scheme = '', rest = ''] = /^(https?:)\/+(?:[^/]*@)?(.*)$/is.exec(plain) ?? [];
  const shown = rest.replace(quotes, '').replace(ends, '');
  // The scheme alone, as in "lacks https:// in front".
  const safe = shown === '' ? `${scheme}//` : redactUrl(`${scheme}//${shown}`);
  return safe + (ends.exec(found)?.[0] ?? '');
}

/** `text` with addresses as `redactUrl` shows them, and without anything that looks like a credential. */
export function redact(text: string): string {
  return hideSecrets(text.replace(address, redactFound));
}

/**
 * A stand-in for the error of a runtime that is safe to hand on as `cause`: some runtimes write the whole address,
 * signature included, into the message.
 */
export function redactError(error: unknown): Error {
  const { name, message, cause, code } = (error ?? {}) as Error & { code?: unknown };
  const detail = cause instanceof Error ? ` (${cause.message || (cause as { code?: unknown }).code})` : '';
  const safe = new Error(redact(`${message ?? error}${detail}`));
  safe.name = name ?? safe.name;
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? Object.assign(safe, { code }) : safe;
}
