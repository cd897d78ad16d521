/** An error response: thrown by handlers, sent by `errorAnswer`. */
export class WireError extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export function jsonAnswer(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

/** Names of statuses in the errors of api.kaggle.com and of the storage. */
const words: Record<number, [google: string, storage: string]> = {
  400: ['INVALID_ARGUMENT', 'InvalidArgument'],
  401: ['UNAUTHENTICATED', 'AuthenticationRequired'],
  403: ['PERMISSION_DENIED', 'AccessDenied'],
  404: ['NOT_FOUND', 'NoSuchKey'],
  409: ['ALREADY_EXISTS', 'Conflict'],
  429: ['RESOURCE_EXHAUSTED', 'SlowDown'],
  500: ['INTERNAL', 'InternalError'],
  501: ['UNIMPLEMENTED', 'NotImplemented'],
  503: ['UNAVAILABLE', 'ServiceUnavailable'],
};

/**
 * An error in the form of its server: nested JSON for the API and upload sessions, XML for downloads.
 */
export function errorAnswer({ status, message, headers }: WireError, path: string): Response {
  const [google, storage] = words[status] ?? ['UNKNOWN', 'Error'];
  if (!/^\/(?:download|kf)\//.test(path))
    return jsonAnswer({ error: { code: status, message, status: google } }, status, headers);
  const xml = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${storage}</Code><Message>${message}</Message></Error>`;
  return new Response(xml, { status, headers: { 'content-type': 'application/xml; charset=UTF-8', ...headers } });
}

type Fields = Record<string, unknown>;

/** The error for an invalid field of a request. A string is not quoted: it may be a token. */
export function invalid(name: string, expected: string, value: unknown): WireError {
  const types: Record<string, string> = { string: 'a string', object: Array.isArray(value) ? 'an array' : 'an object' };
  const got = value === null ? 'null' : (types[typeof value] ?? String(value));
  return new WireError(400, `field "${name}": expected ${expected}, got ${got}`);
}

/** A string field of a request; empty if absent. */
export function text(body: Fields, name: string): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw invalid(name, 'a string', value);
  return value;
}

export function integer(body: Fields, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value)) throw invalid(name, 'an integer', value);
  return value as number;
}

export function flag(body: Fields, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') throw invalid(name, 'true or false', value);
  return value;
}

export function list(body: Fields, name: string): unknown[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value)) throw invalid(name, 'an array', value);
  return value;
}

export function texts(body: Fields, name: string): string[] {
  return list(body, name).map((value) => {
    if (typeof value !== 'string') throw invalid(name, 'an array of strings', value);
    return value;
  });
}

export function fields(value: unknown, name: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw invalid(name, 'an object', value);
  return value as Fields;
}

/** A page of a list. Page tokens are offsets. */
export function page<T>(items: readonly T[], body: Fields, defaultSize = 20): { items: T[]; nextPageToken?: string } {
  const size = integer(body, 'pageSize') || defaultSize;
  if (size < 1) throw invalid('pageSize', '1 or more', size);
  const token = text(body, 'pageToken');
  const start = Number(token || 0);
  if (!Number.isInteger(start) || start < 0)
    throw new WireError(400, 'field "pageToken": expected the nextPageToken of the previous page');
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length && { nextPageToken: String(end) }) };
}
