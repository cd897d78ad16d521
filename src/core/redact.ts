const query = /(\bhttps?:\/\/[^\s?#"'<>)]*)\?[^\s"'<>)]*/gi;
const credential = /\b(KGAT_|Bearer\s+|Basic\s+)[\w.~+/=-]+/gi;

/** `text` without what signs an address (its query) and without anything that looks like a credential. */
export function redact(text: string): string {
  return text.replace(query, '$1?[redacted]').replace(credential, '$1[redacted]');
}

/** An address for messages and logs: origin and path, never the query, the fragment or a password. */
export function redactUrl(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return origin + pathname + (search && '?[redacted]');
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
