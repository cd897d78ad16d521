import { ValidationError } from '../errors.ts';

/** What decides on the headers of every request of a client. */
export interface Headed {
  readonly userAgent: string;
  /** A page: it may set neither User-Agent nor Accept-Encoding. */
  readonly opaqueRedirects: boolean;
}

/** The given headers and the user agent. Throws `ValidationError` for one that cannot be sent, without its value. */
export function requestHeaders(given: HeadersInit | undefined, { userAgent, opaqueRedirects }: Headed): Headers {
  const headers = new Headers();
  const entries = given instanceof Headers || Array.isArray(given) ? [...given] : Object.entries(given ?? {});
  for (const [name, value] of entries as [string, unknown][]) {
    if (value === undefined) continue;
    try {
      headers.append(name, String(value));
    } catch {
      // The runtime's own message would quote it.
      throw new ValidationError(`cannot send the header "${name}": its value contains an invalid character`);
    }
  }
  if (!opaqueRedirects && !headers.has('user-agent')) headers.set('user-agent', userAgent);
  return headers;
}
