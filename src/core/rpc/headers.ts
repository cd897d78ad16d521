import { ValidationError } from '../errors.ts';

/** The parts of a client that determine headers. */
export interface HeaderContext {
  readonly userAgent: string;
  /** `true` in browsers, which forbid to set User-Agent and Accept-Encoding. */
  readonly opaqueRedirects: boolean;
}

/** Adds the user agent to the given headers. Throws `ValidationError` for an invalid header, without its value. */
export function requestHeaders(given: HeadersInit | undefined, { userAgent, opaqueRedirects }: HeaderContext): Headers {
  const headers = new Headers();
  const entries = given instanceof Headers || Array.isArray(given) ? [...given] : Object.entries(given ?? {});
  for (const [name, value] of entries as [string, unknown][]) {
    if (value === undefined) continue;
    try {
      headers.append(name, String(value));
    } catch {
      // The runtime's message would contain the value.
      throw new ValidationError(`cannot send the header "${name}": its value contains an invalid character`);
    }
  }
  if (!opaqueRedirects && !headers.has('user-agent')) headers.set('user-agent', userAgent);
  return headers;
}
