import { parseJson } from '../codec/json.ts';

/** A response body, parsed as an error. */
export interface ErrorBody {
  /** The parsed JSON; `undefined` if the body is not JSON. */
  readonly json?: unknown;
  /** The server's message, not redacted; `undefined` if there is none. */
  readonly message?: string | undefined;
  /** Application code; 0 if there is none. */
  readonly code: number;
  /** Status name such as `RESOURCE_EXHAUSTED`, or the code of the storage such as `AccessDenied`. */
  readonly reason?: string | undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

/** Reads a code, which may be a number or its digits; 0 for anything else. */
export function applicationCode(value: unknown): number {
  return /^\d{1,9}$/.test(String(value)) ? Number(value) : 0;
}

/** The HTTP status of each status name (google.rpc.Code). */
const statusWords: ReadonlyMap<unknown, number> = /*#__PURE__*/ new Map([
  ['INVALID_ARGUMENT', 400],
  ['FAILED_PRECONDITION', 400],
  ['UNAUTHENTICATED', 401],
  ['PERMISSION_DENIED', 403],
  ['NOT_FOUND', 404],
  ['ALREADY_EXISTS', 409],
  ['ABORTED', 409],
  ['RESOURCE_EXHAUSTED', 429],
  ['INTERNAL', 500],
  ['UNAVAILABLE', 503],
  ['DEADLINE_EXCEEDED', 504],
]);

/** Characters in which an error is searched for; errors are short. */
const longestXml = 16_384;

/**
 * Reads a body as an error: JSON that is nested (`{"error":{"code","message","status"}}`, api.kaggle.com and
 * googleapis.com) or flat (`{"code","message"}` or `{"error"}`, www.kaggle.com), or the XML of the storage.
 */
export function parseErrorBody(text: string): ErrorBody {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch {
    const [, reason, message] = /<Code>([^<]+).*?<Message>([^<]+)/s.exec(text.slice(0, longestXml)) ?? [];
    return { message, code: 0, reason };
  }
  const body = (json ?? {}) as Record<string, unknown>;
  const { error } = body;
  const nested = error !== null && typeof error === 'object';
  const { code, message, status } = (nested ? error : body) as Record<string, unknown>;
  // Outside of a nested error, `status` is an ordinary field of many responses.
  const word = statusWords.get(code) ?? (nested ? statusWords.get(status) : undefined);
  return {
    json,
    message: textOf(message) ?? textOf(error),
    code: applicationCode(code) || (word ?? 0),
    reason: textOf(status),
  };
}
