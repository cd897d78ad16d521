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

function createApiError(message: string, options: ApiErrorOptions, headers: Headers, anonymous: boolean): ApiError {
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'));
  // A JSON code counts where HTTP says that all is well.
  const kind = options.status >= 400 ? options.status : (options.code ?? 0);
  const text = redact(message);
  if (kind === 401)
    return new AuthenticationError(anonymous ? `${text}: no credential was sent; ${threeWays}` : text, options);
  if (kind === 403) return new PermissionError(text, options);
  if (kind === 404) return new NotFoundError(text, options);
  if (kind === 429) return new RateLimitError(text, { ...options, retryAfterMs });
  return Object.assign(new ApiError(text, options), retryAfterMs === undefined ? {} : { retryAfterMs });
}

/** A code may come as a number or as its digits. */
function applicationCode(value: unknown): number {
  const code = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return Number.isInteger(code) ? (code as number) : 0;
}

function describe(text: string, status: number, contentType: string): string {
  const start = text.trimStart().slice(0, 15).toLowerCase();
  if (!start) return `HTTP ${status} with an empty body`;
  if (contentType.includes('html') || start.startsWith('<!doctype') || start.startsWith('<html')) {
    return `HTTP ${status} with a web page instead of JSON`;
  }
  return `HTTP ${status} with a body that is not JSON`;
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
    return fail(describe(text, status, headers.get('content-type') ?? ''));
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

/** Whether an answer must be read to know if it is an error: its status says so. */
export function isErrorStatus(response: Response): boolean {
  return response.status >= 400;
}

/** Throws when the field of the answer that reports a failure is filled (`Method.failure`). */
export function checkFailure(answer: unknown, field: string, response: Response, method: string): void {
  const value = (answer as Record<string, unknown>)[field];
  const said = Array.isArray(value) ? value.join('; ') : value;
  if (typeof said !== 'string' || said === '') return;
  const code = applicationCode((answer as { errorCode?: unknown }).errorCode);
  throw createApiError(`${method}: ${said}`, { status: response.status, method, code }, response.headers, false);
}
