import { threeWays } from './auth/credential.ts';
import { parseJson } from './codec/json.ts';
import {
  ApiError,
  type ApiErrorOptions,
  AuthenticationError,
  NotFoundError,
  PermissionError,
  RateLimitError,
} from './errors.ts';
import { redact } from './redact.ts';
import { parseRetryAfter } from './retry.ts';

interface Asked {
  /** `service/Method`. */
  method: string;
  /** Whether a credential went along: without one, a 401 says how to give one. */
  anonymous: boolean;
}

const kinds: Record<number, typeof ApiError> = {
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  429: RateLimitError,
};

function createApiError(message: string, options: ApiErrorOptions, headers: Headers, anonymous: boolean): ApiError {
  // A JSON code counts where HTTP says that all is well.
  const kind = options.status >= 400 ? options.status : (options.code ?? 0);
  const hint = kind === 401 && anonymous ? `: no credential was sent; ${threeWays}` : '';
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'));
  return new (kinds[kind] ?? ApiError)(redact(message) + hint, { ...options, retryAfterMs });
}

/** A code may come as a number or as its digits. */
function applicationCode(value: unknown): number {
  const code = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return Number.isInteger(code) ? (code as number) : 0;
}

function describe(text: string, status: number): string {
  const what = /\S/.test(text)
    ? /^\s*<(!doctype|html)/i.test(text)
      ? 'a web page'
      : 'text that is not JSON'
    : 'an empty body';
  return `HTTP ${status} with ${what}`;
}

/** The JSON of an answer. Throws `ApiError`, or the kind of it that fits, when the answer is an error or no JSON. */
export function readAnswer(response: Response, text: string, { method, anonymous }: Asked): unknown {
  const { status, headers } = response;
  const fail = (message: string, code?: number, cause?: unknown): never => {
    throw createApiError(`${method}: ${message}`, { status, method, code, cause }, headers, anonymous);
  };
  let json: unknown;
  try {
    json = parseJson(text);
  } catch {
    return fail(describe(text, status));
  }
  const body = (json !== null && typeof json === 'object' ? json : {}) as {
    code?: unknown;
    message?: unknown;
    error?: unknown;
  };
  const code = applicationCode(body.code);
  if (status < 400 && code < 400) return json;
  const said = [body.message, body.error].find((value) => typeof value === 'string' && value !== '') as
    | string
    | undefined;
  return fail(said ?? `HTTP ${status}`, code);
}

/** Throws when the field of the answer that reports a failure is filled (`Method.failure`). */
export function checkFailure(answer: unknown, field: string, response: Response, method: string): void {
  const value = (answer as Record<string, unknown>)[field];
  const said = Array.isArray(value) ? value.join('; ') : value;
  if (typeof said !== 'string' || said === '') return;
  const code = applicationCode((answer as { errorCode?: unknown }).errorCode);
  throw createApiError(`${method}: ${said}`, { status: response.status, method, code }, response.headers, false);
}
