import { type ErrorText, writeText } from '../error-text.ts';
import { ApiError, AuthenticationError, NotFoundError, PermissionError, RateLimitError } from '../errors.ts';
import { redact } from '../redact.ts';
import { applicationCode, parseErrorBody } from './error-body.ts';
import { longestAnswer } from './read-text.ts';
import { retryAfterOf, UnreadableAnswer } from './retry.ts';

export interface CallInfo {
  /** `service/Method`. */
  method: string;
  /** The call only reads: a 403 may mean that the resource is private or does not exist. */
  reads: boolean;
  /** What a 401 means, and what to do about it. */
  readonly unauthorized?: ErrorText;
  /** Secrets of the request, which no error may show even if the server repeats them. */
  secrets?(): readonly string[];
}

const kinds: Record<number, typeof ApiError> = {
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  429: RateLimitError,
};

/** Characters of a server's message that an error shows. */
const longestMessage = 2000;

/** Shortens a server's message and removes the secrets of the request from it. */
function hide(message: string, { secrets }: CallInfo): string {
  let text = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
  for (const secret of secrets?.() ?? []) text = text.replaceAll(secret, '[redacted]');
  return redact(text);
}

/** Throws the subclass of `ApiError` for the status. */
function refuse(response: Response, call: CallInfo, message: string, code: number, reason?: string): never {
  const { status, headers } = response;
  const { method, reads } = call;
  // The code in the JSON counts when the HTTP status is a success.
  // What a proxy refuses (kaggle-ts/proxy) is not absent, as a 403 of Kaggle may mean.
  const kind = reason === 'NOT_ALLOWED' ? 401 : status < 400 ? code : status;
  const text = hide(`${method}: ${message}`, call);
  const hint = kind === 401 ? call.unauthorized : kind === 403 && reads ? 'not found, or private' : undefined;
  const retryAfterMs = retryAfterOf(headers);
  const options = { status, method, code, reason: reason && hide(reason, call), retryAfterMs };
  throw new (kinds[kind] ?? ApiError)(
    (name) => (hint ? `${text.replace(/\.$/, '')}: ${writeText(hint, name)}` : text),
    options,
  );
}

function describe(text: string, status: number): string {
  const start = text.trimStart();
  const isPage = /^<(!doctype|html)/i.test(start);
  return `HTTP ${status} with ${isPage ? 'a web page' : start ? 'a body that is not valid JSON' : 'an empty body'}`;
}

/** Parses a response as JSON. Throws `ApiError` or a subclass if the response is an error or not JSON. */
export function readAnswer(response: Response, text: string | undefined, call: CallInfo): unknown {
  const { status, headers } = response;
  if (text === undefined) {
    const size = `over ${longestAnswer / 2 ** 20} MiB`;
    refuse(response, call, status >= 400 ? `HTTP ${status}` : `the response is too large (${size})`, 0);
  }
  const { json, message, code, reason } = parseErrorBody(text);
  if (status >= 400 || code >= 400)
    refuse(response, call, message ?? (json === undefined ? describe(text, status) : `HTTP ${status}`), code, reason);
  if (json !== undefined) return json;
  const options = { status, method: call.method, retryAfterMs: retryAfterOf(headers) };
  throw new UnreadableAnswer(hide(`${call.method}: ${message ?? describe(text, status)}`, call), options);
}

/** Throws if the field of the response that reports a failure is set (`Method.failure`). */
export function checkFailure(response: Response, answer: unknown, field: string, call: CallInfo): void {
  const { [field]: value, errorCode } = (answer ?? {}) as Record<string, unknown>;
  const message = Array.isArray(value) ? value.join('; ') : value;
  if (typeof message !== 'string' || message === '') return;
  refuse(response, call, message, applicationCode(errorCode));
}
