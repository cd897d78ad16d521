/** An error answer: thrown by handlers, sent by `errorAnswer`. */
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

/** The words that stand for a status in errors of api.kaggle.com and of the storage. */
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
 * An error in the form of the place that it comes from: nested JSON from the API and from upload sessions, XML from where
 * files are downloaded.
 */
export function errorAnswer({ status, message, headers }: WireError, path: string): Response {
  const [google, storage] = words[status] ?? ['UNKNOWN', 'Error'];
  if (!/^\/(?:download|kf)\//.test(path))
    return jsonAnswer({ error: { code: status, message, status: google } }, status, headers);
  const xml = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${storage}</Code><Message>${message}</Message></Error>`;
  return new Response(xml, { status, headers: { 'content-type': 'application/xml; charset=UTF-8', ...headers } });
}

type Fields = Record<string, unknown>;

/** A text field of a request; absent counts as empty. */
export function text(body: Fields, name: string): string {
  const value = body[name] ?? '';
  if (typeof value !== 'string') throw new WireError(400, `Invalid value for field ${name}`);
  return value;
}

export function integer(body: Fields, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (!Number.isInteger(value)) throw new WireError(400, `Invalid value for field ${name}`);
  return value as number;
}

export function flag(body: Fields, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value !== 'boolean') throw new WireError(400, `Invalid value for field ${name}`);
  return value;
}

export function list(body: Fields, name: string): unknown[] {
  const value = body[name] ?? [];
  if (!Array.isArray(value)) throw new WireError(400, `Invalid value for field ${name}`);
  return value;
}

export function texts(body: Fields, name: string): string[] {
  return list(body, name).map((value) => {
    if (typeof value !== 'string') throw new WireError(400, `Invalid value for field ${name}`);
    return value;
  });
}

export function fields(value: unknown, name: string): Fields {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new WireError(400, `Invalid value for field ${name}`);
  return value as Fields;
}

/** One page of a list: tokens are offsets, as texts. */
export function page<T>(items: readonly T[], body: Fields, defaultSize = 20): { items: T[]; nextPageToken?: string } {
  const size = integer(body, 'pageSize') || defaultSize;
  const start = Number(text(body, 'pageToken') || 0);
  if (!Number.isInteger(start) || start < 0 || size < 1) throw new WireError(400, 'Invalid page token');
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length && { nextPageToken: String(end) }) };
}
