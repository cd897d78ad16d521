import { ApiError, AuthenticationError, NotFoundError, PermissionError, RateLimitError } from '../errors.ts';
import { redact } from '../redact.ts';
import { applicationCode, parseErrorBody } from './error-body.ts';
import { longestAnswer } from './read-text.ts';
import { retryAfterOf, UnreadableAnswer } from './retry.ts';

export interface CallInfo {
  /** `service/Method`. */
  method: string;
  /** Nothing is changed by it: what it does not find may be somebody's private thing. */
  reads: boolean;
  /** What a 401 means, and what to do about it. */
  unauthorized?(): string;
  /** What went along and is not to be seen in an error, wherever the server repeats it. */
  secrets?(): readonly string[];
}

const kinds: Record<number, typeof ApiError> = {
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  429: RateLimitError,
};

/** The longest message of a server that is shown. */
const longestMessage = 2000;

/** Takes out of a server's words what was sent to it. */
function hide(message: string, { secrets }: CallInfo): string {
  let text = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
  for (const secret of secrets?.() ?? []) text = text.replaceAll(secret, '[redacted]');
  return redact(text);
}

/** Throws the kind of `ApiError` that fits. */
function refuse(response: Response, call: CallInfo, message: string, code: number, reason?: string): never {
  const { status, headers } = response;
  const { method, reads } = call;
  // A JSON code counts where HTTP says that all is well.
  const kind = status < 400 ? code : status;
  const text = hide(`${method}: ${message}`, call);
  const hint = kind === 401 ? call.unauthorized?.() : kind === 403 && reads ? 'not found, or private' : undefined;
  const retryAfterMs = retryAfterOf(headers);
  const options = { status, method, code, reason: reason && hide(reason, call), retryAfterMs };
  throw new (kinds[kind] ?? ApiError)(hint ? `${text.replace(/\.$/, '')}: ${hint}` : text, options);
}

function describe(text: string, status: number): string {
  const start = text.trimStart();
  return `HTTP ${status} with ${!start ? 'an empty body' : /^<(!doctype|html)/i.test(start) ? 'a web page' : 'text that is not JSON'}`;
}

/** The JSON of an answer. Throws `ApiError`, or the kind of it that fits, when the answer is an error or no JSON. */
export function readAnswer(response: Response, text: string | undefined, call: CallInfo): unknown {
  const { status, headers } = response;
  if (text === undefined) {
    const size = `over ${longestAnswer / 2 ** 20} MiB`;
    refuse(response, call, status >= 400 ? `HTTP ${status}` : `the answer is too large (${size})`, 0);
  }
  const { json, message, code, reason } = parseErrorBody(text);
  if (status >= 400 || code >= 400)
    refuse(response, call, message ?? (json === undefined ? describe(text, status) : `HTTP ${status}`), code, reason);
  if (json !== undefined) return json;
  const options = { status, method: call.method, retryAfterMs: retryAfterOf(headers) };
  throw new UnreadableAnswer(hide(`${call.method}: ${message ?? describe(text, status)}`, call), options);
}

/** Throws when the field of the answer that reports a failure is filled (`Method.failure`). */
export function checkFailure(response: Response, answer: unknown, field: string, call: CallInfo): void {
  const { [field]: value, errorCode } = (answer ?? {}) as Record<string, unknown>;
  const said = Array.isArray(value) ? value.join('; ') : value;
  if (typeof said !== 'string' || said === '') return;
  refuse(response, call, said, applicationCode(errorCode));
}
