/** An error answer: thrown by handlers, sent as JSON in the form of Kaggle's. */
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
