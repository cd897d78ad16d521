import { type ErrorText, type NameOption, writeText } from './error-text.ts';
import { redact, redactError, redactUrl } from './redact.ts';

/** Fields that every error of this package may carry. */
export interface KaggleErrorOptions {
  cause?: unknown | undefined;
}

/** The base of every error that this package throws. An abort is not one: it stays the caller's own reason. */
export class KaggleError extends Error {
  override readonly name: string = 'KaggleError';
  /** Lets `isKaggleError` recognise errors of another copy of the package. */
  readonly isKaggleError = true;
  /**
   * The message with other names for the options and verbs that it mentions: a command line writes `--retry` for `retry`.
   *
   * @param name - Called with the name in code, and with the value if the message shows one: `name('retry', 'false')`.
   */
  declare readonly describe: (name: NameOption) => string;

  /** Redacts URLs and credentials in the message, and in an error of the runtime that is passed as `cause`. */
  constructor(message: ErrorText, { cause }: KaggleErrorOptions = {}) {
    super(
      redact(writeText(message)),
      cause === undefined ? undefined : { cause: isKaggleError(cause) ? cause : redactError(cause) },
    );
    Object.defineProperty(this, 'describe', { value: (name: NameOption) => redact(writeText(message, name)) });
  }
}

/** Whether `error` is one of ours, also when it comes from another copy of the package. */
export function isKaggleError(error: unknown): error is KaggleError {
  return error instanceof Error && (error as Partial<KaggleError>).isKaggleError === true;
}

export interface ApiErrorOptions extends KaggleErrorOptions {
  /** Application code of the JSON body; 0 if the body has none. */
  code?: number | undefined;
  /** The status in words, as the body has it. */
  reason?: string | undefined;
  /** HTTP status. */
  status: number;
  /** `service/Method`, or the method and address of a plain request, without its query. */
  method: string;
  /** What Retry-After asked for, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/** The server answered, and the answer is an error. */
export class ApiError extends KaggleError {
  override readonly name: string = 'ApiError';
  /** Application code of the JSON body; 0 if the body has none. */
  declare readonly code: number;
  /**
   * The status in words, such as `NOT_FOUND` or `RESOURCE_EXHAUSTED` (api.kaggle.com), or the storage's code, such as
   * `AccessDenied`; `undefined` if the body has none.
   */
  declare readonly reason: string | undefined;
  /** HTTP status: 200 when the error came inside a successful answer. */
  declare readonly status: number;
  /** The method that was called, as `service/Method`. */
  declare readonly method: string;
  /** What Retry-After asked for, in milliseconds; `undefined` if the server did not say. */
  declare readonly retryAfterMs: number | undefined;

  constructor(message: ErrorText, options: ApiErrorOptions) {
    const { cause, ...fields } = options;
    super(message, { cause });
    Object.assign(this, { code: 0, reason: undefined, retryAfterMs: undefined, ...fields });
  }
}

/** 401, or no credential where one is needed (then `status` is 0 and nothing was sent). */
export class AuthenticationError extends ApiError {
  override readonly name: string = 'AuthenticationError';
}

/** 403. Kaggle also answers so for things that do not exist. */
export class PermissionError extends ApiError {
  override readonly name: string = 'PermissionError';
}

/** 404. */
export class NotFoundError extends ApiError {
  override readonly name: string = 'NotFoundError';
}

/** 429: `retryAfterMs` says how long to wait, if the server did. */
export class RateLimitError extends ApiError {
  override readonly name: string = 'RateLimitError';
}

/** One thing that is wrong with an input. */
export interface ValidationIssue {
  /** Where it is, for example `body.files[2].token`; empty for the whole value. */
  path: string;
  message: string;
}

/** The input is wrong; nothing was sent. */
export class ValidationError extends KaggleError {
  override readonly name: string = 'ValidationError';
  declare readonly issues: readonly ValidationIssue[];

  constructor(
    message: ErrorText,
    issues?: readonly (Pick<ValidationIssue, 'path'> & { readonly message: ErrorText })[],
    options?: KaggleErrorOptions,
  ) {
    super(message, options);
    const found = issues ?? [{ path: '', message }];
    this.issues = found.map(({ path, message }) => ({ path, message: redact(writeText(message)) }));
  }
}

/** The platform lacks something that the call needs; the message says what to pass. */
export class MissingCapabilityError extends KaggleError {
  override readonly name: string = 'MissingCapabilityError';
}

/** No answer came: the connection failed. A deadline that passed is a `TimeoutError`. */
export class ConnectionError extends KaggleError {
  override readonly name: string = 'ConnectionError';
  /** It would fail in the same way again: a certificate that is not trusted, a page that may not ask this server. */
  declare readonly permanent: boolean;

  constructor(message: ErrorText, options: KaggleErrorOptions & { permanent?: boolean } = {}) {
    super(message, options);
    this.permanent = options.permanent ?? false;
  }
}

/** An upload, a download or a file that it needs failed. */
export class TransferError extends KaggleError {
  override readonly name: string = 'TransferError';
  /** The file concerned, as the caller named it, if there is one. */
  declare readonly file: string | undefined;

  constructor(message: ErrorText, options: KaggleErrorOptions & { file?: string } = {}) {
    super(message, options);
    this.file = options.file && /^https?:/i.test(options.file) ? redactUrl(options.file) : options.file;
  }
}

/** The bytes that arrived are not those that the server announced. */
export class IntegrityError extends TransferError {
  override readonly name: string = 'IntegrityError';
}

/** A wait, a call or a transfer took longer than its deadline. */
export class TimeoutError extends KaggleError {
  override readonly name: string = 'TimeoutError';
}

/** The kernel ended in ERROR, or was cancelled. */
export class KernelFailedError extends KaggleError {
  override readonly name: string = 'KernelFailedError';
  /** `ERROR`, `CANCEL_REQUESTED` or `CANCEL_ACKNOWLEDGED`. */
  declare readonly status: string;
  declare readonly failureMessage: string | undefined;
  /** The last lines of the log, if they could be fetched. */
  declare readonly logTail: string | undefined;

  constructor(
    message: ErrorText,
    options: KaggleErrorOptions & { status: string; failureMessage?: string; logTail?: string },
  ) {
    super(message, { cause: options.cause });
    this.status = options.status;
    this.failureMessage = options.failureMessage;
    this.logTail = options.logTail;
  }
}
