import { credentialHelp } from '../auth/credential.ts';
import { ApiError, AuthenticationError, NotFoundError, PermissionError, RateLimitError } from '../errors.ts';
import { redact } from '../redact.ts';
import { applicationCode, parseErrorBody } from './error-body.ts';
import { parseRetryAfter } from './retry.ts';

export interface CallInfo {
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
function refuse(
  response: Response,
  { method, anonymous }: CallInfo,
  message: string,
  code: number,
  reason?: string,
): never {
  const { status, headers } = response;
  // A JSON code counts where HTTP says that all is well.
  const kind = status < 400 ? code : status;
  const hint = kind === 401 && anonymous ? `: no credential was sent; ${credentialHelp}` : '';
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'));
  const options = { status, method, code, reason, retryAfterMs };
  throw new (kinds[kind] ?? ApiError)(redact(`${method}: ${message}`) + hint, options);
}

function describe(text: string, status: number): string {
  const start = text.trimStart();
  return `HTTP ${status} with ${!start ? 'an empty body' : /^<(!doctype|html)/i.test(start) ? 'a web page' : 'text that is not JSON'}`;
}

/** The JSON of an answer. Throws `ApiError`, or the kind of it that fits, when the answer is an error or no JSON. */
export function readAnswer(response: Response, text: string, call: CallInfo): unknown {
  const { status } = response;
  const { json, message, code, reason } = parseErrorBody(text);
  if (json === undefined) refuse(response, call, message ?? describe(text, status), code, reason);
  if (status >= 400 || code >= 400) refuse(response, call, message ?? `HTTP ${status}`, code, reason);
  return json;
}

/** Throws when the field of the answer that reports a failure is filled (`Method.failure`). */
export function checkFailure(response: Response, answer: unknown, field: string, call: CallInfo): void {
  const value = (answer as Record<string, unknown>)[field];
  const said = Array.isArray(value) ? value.join('; ') : value;
  if (typeof said !== 'string' || said === '') return;
  refuse(response, call, said, applicationCode((answer as { errorCode?: unknown }).errorCode));
}
