import { hideSecrets } from './exchange.ts';
import type { Refusal } from './refusal.ts';

/** Headers of all responses: nothing is cached, and nothing is executed if a page is made to open it. */
const always: Readonly<Record<string, string>> = {
  'cache-control': 'no-store, no-transform',
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
};

const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Headers that pass from Kaggle and its storage to the page, with the form of their values. All others are dropped: cookies, addresses,
 * and what else a server may add.
 */
const passed: Readonly<Record<string, RegExp>> = {
  'accept-ranges': /^\w{1,16}$/,
  'content-length': /^\d{1,16}$/,
  'content-range': /^bytes (?:\d+-\d+|\*)\/(?:\d+|\*)$/,
  'content-type': /^[\w.+-]{1,64}\/[\w.+-]{1,64}(?:; ?charset=[\w-]{1,32})?$/i,
  etag: /^(?:W\/)?"[\w.+/=:-]{0,128}"$/,
  'last-modified': httpDate,
  range: /^bytes=0-\d+$/,
  'retry-after': new RegExp(`^\\d{1,9}$|${httpDate.source}`),
  'x-goog-hash': /^(?:(?:crc32c|md5)=[\w+/=]{1,64}(?:, ?)?)+$/,
  'x-goog-stored-content-encoding': /^\w{1,16}$/,
};

/** Of these headers, those that describe the bytes as they were sent, which no longer holds if they were decoded. */
const encodedOnly = ['content-length', 'content-range', 'x-goog-hash', 'etag'];

/** The headers of a response of Kaggle that a page may see, of those in `names`. */
export function passedHeaders({ headers }: Response, names: readonly string[] = Object.keys(passed)): Headers {
  const encoding = headers.get('content-encoding') ?? 'identity';
  const found = new Headers(always);
  for (const name of names) {
    const value = headers.get(name);
    if (value === null || !passed[name]!.test(value)) continue;
    if (encoding !== 'identity' && encodedOnly.includes(name)) continue;
    found.set(name, value);
  }
  return found;
}

/** Removes headers that contain a secret. */
export function dropSecrets(response: Response, secrets: readonly string[]): Response {
  for (const [name, value] of [...response.headers])
    if (hideSecrets(value, secrets) !== value) response.headers.delete(name);
  return response;
}

/** A response with JSON. `from`: the response of Kaggle, whose Retry-After is passed. */
export function jsonResponse(text: string | ReadableStream, status = 200, from?: Response): Response {
  const headers = from ? passedHeaders(from, ['retry-after']) : new Headers(always);
  headers.set('content-type', 'application/json; charset=utf-8');
  return new Response(text, { status, headers });
}

/** An error in the form of api.kaggle.com. `rule` names the option of the proxy that refused the request. */
export function errorResponse({ status, message, reason, rule, headers }: Refusal): Response {
  const body = { error: { code: status, message, status: reason, ...(rule !== undefined && { rule }) } };
  const response = jsonResponse(JSON.stringify(body), status);
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}

/** A redirect of the page to an address of the proxy. */
export function redirectResponse(location: string): Response {
  return new Response(null, { status: 303, headers: { ...always, location } });
}

/** An empty response, for preflight requests. */
export function emptyResponse(headers: Readonly<Record<string, string>>): Response {
  return new Response(null, { status: 204, headers: { ...always, ...headers } });
}
