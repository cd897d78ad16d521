import { threeWays } from '../auth/credential.ts';
import { ApiError, AuthenticationError, NotFoundError, PermissionError, RateLimitError } from '../errors.ts';
import { redact } from '../redact.ts';
import { applicationCode, readRefusal } from './refusal.ts';
import { parseRetryAfter } from './retry.ts';

export interface Asked {
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

/** Throws the kind of `ApiError` that fits. */
function refuse(response: Response, { method, anonymous }: Asked, words: string, code: number, reason?: string): never {
  const { status, headers } = response;
  // A JSON code counts where HTTP says that all is well.
  const kind = status < 400 ? code : status;
  const hint = kind === 401 && anonymous ? `: no credential was sent; ${threeWays}` : '';
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'));
  const options = { status, method, code, reason, retryAfterMs };
  throw new (kinds[kind] ?? ApiError)(redact(`${method}: ${words}`) + hint, options);
}

function describe(text: string, status: number): string {
  const start = text.trimStart();
  return `HTTP ${status} with ${!start ? 'an empty body' : /^<(!doctype|html)/i.test(start) ? 'a web page' : 'text that is not JSON'}`;
}

/** The JSON of an answer. Throws `ApiError`, or the kind of it that fits, when the answer is an error or no JSON. */
export function readAnswer(response: Response, text: string, asked: Asked): unknown {
  const { status } = response;
  const { json, message, code, reason } = readRefusal(text);
  if (json === undefined) refuse(response, asked, message ?? describe(text, status), code, reason);
  if (status >= 400 || code >= 400) refuse(response, asked, message ?? `HTTP ${status}`, code, reason);
  return json;
}

/** Throws when the field of the answer that reports a failure is filled (`Method.failure`). */
export function checkFailure(response: Response, answer: unknown, field: string, asked: Asked): void {
  const value = (answer as Record<string, unknown>)[field];
  const said = Array.isArray(value) ? value.join('; ') : value;
  if (typeof said !== 'string' || said === '') return;
  refuse(response, asked, said, applicationCode((answer as { errorCode?: unknown }).errorCode));
}
