import { type ErrorText, type NameOption, writeText } from './error-text.ts';
import { redact, redactError, redactUrl } from './redact.ts';

/** Options of the constructors of all errors in this package. */
export interface KaggleErrorOptions {
  /** The error that led to this one. Secrets in its message are redacted. */
  cause?: unknown | undefined;
}

/**
 * Base class of all errors that this package throws. Messages contain no credentials and no signed URLs.
 *
 * An abort is not a `KaggleError`: an aborted call rejects with the reason of the signal.
 *
 * @example
 * ```ts
 * import { createClient, isKaggleError, NotFoundError, RateLimitError } from 'kaggle-ts';
 * import { get } from 'kaggle-ts/datasets';
 *
 * const client = createClient();
 * try {
 *   await get(client, 'alice/my-points');
 * } catch (error) {
 *   if (error instanceof NotFoundError) console.log('no such dataset');
 *   else if (error instanceof RateLimitError) console.log(`retry in ${error.retryAfterMs ?? 60_000} ms`);
 *   else if (isKaggleError(error)) console.log(error.message);
 *   else throw error;
 * }
 * ```
 */
export class KaggleError extends Error {
  /** The name of the class. */
  override readonly name: string = 'KaggleError';
  /** Identifies errors of another copy of the package, for `isKaggleError`. */
  readonly isKaggleError = true;
  /**
   * Returns the message with other names for the options and functions that it mentions. A command line shows `--retry` for
   * `retry` this way.
   *
   * @param name - Receives the name in code, and the value if the message shows one: `name('retry', 'false')`.
   */
  declare readonly describe: (name: NameOption) => string;

  /** Redacts secrets in the message, and in a `cause` that is not a `KaggleError`. */
  constructor(message: ErrorText, { cause }: KaggleErrorOptions = {}) {
    super(
      redact(writeText(message)),
      cause === undefined ? undefined : { cause: isKaggleError(cause) ? cause : redactError(cause) },
    );
    Object.defineProperty(this, 'describe', { value: (name: NameOption) => redact(writeText(message, name)) });
  }
}

/**
 * Returns whether `error` is a `KaggleError`. Unlike `instanceof`, it also recognizes errors of another copy of the package,
 * for example a dependency's.
 */
export function isKaggleError(error: unknown): error is KaggleError {
  return error instanceof Error && (error as Partial<KaggleError>).isKaggleError === true;
}

/** Options of the constructor of `ApiError`. */
export interface ApiErrorOptions extends KaggleErrorOptions {
  /** Application code in the JSON body. @default 0 */
  code?: number | undefined;
  /** Status name in the body, for example `NOT_FOUND`. */
  reason?: string | undefined;
  /** HTTP status, or 0 if no request was sent. */
  status: number;
  /** The RPC as `service/Method`, or the HTTP method and URL of a plain request, without the query. */
  method: string;
  /** Milliseconds that Retry-After asks to wait. */
  retryAfterMs?: number | undefined;
}

/** The server responded with an error. Statuses without a subclass (400, 409, 5xx) throw `ApiError` itself. */
export class ApiError extends KaggleError {
  override readonly name: string = 'ApiError';
  /** Application code in the JSON body; 0 if there is none. */
  declare readonly code: number;
  /**
   * Status name such as `NOT_FOUND` or `RESOURCE_EXHAUSTED` (api.kaggle.com), or the code of the storage such as
   * `AccessDenied`; `undefined` if the body contains none.
   */
  declare readonly reason: string | undefined;
  /** HTTP status. 200 if a successful response contained an error, 0 if no request was sent. */
  declare readonly status: number;
  /** The RPC as `service/Method`, or the HTTP method and URL of a plain request, without the query. */
  declare readonly method: string;
  /** Milliseconds that Retry-After asks to wait; `undefined` without that header. */
  declare readonly retryAfterMs: number | undefined;

  constructor(message: ErrorText, options: ApiErrorOptions) {
    const { cause, ...fields } = options;
    super(message, { cause });
    Object.assign(this, { code: 0, reason: undefined, retryAfterMs: undefined, ...fields });
  }
}

/**
 * The credential is missing or was rejected (401). The message says where the rejected credential came from, or how to provide
 * one on this platform. If none was found for a call that needs one, `status` is 0 and nothing was sent.
 */
export class AuthenticationError extends ApiError {
  override readonly name: string = 'AuthenticationError';
}

/** Access was denied (403). Kaggle also returns 403 for resources that do not exist (observed for kernels and datasets). */
export class PermissionError extends ApiError {
  override readonly name: string = 'PermissionError';
}

/** The resource was not found (404). */
export class NotFoundError extends ApiError {
  override readonly name: string = 'NotFoundError';
}

/** Too many requests (429), after the retries of idempotent methods. `retryAfterMs` is how long to wait, if the server says so. */
export class RateLimitError extends ApiError {
  override readonly name: string = 'RateLimitError';
}

/** One problem with an input. */
export interface ValidationIssue {
  /** The option, argument or field concerned, for example `retry` or `body.files[2].token`; empty for the input as a whole. */
  path: string;
  /** The problem, without the path: `expected a string, got 5`. */
  message: string;
}

/**
 * An argument, option or request is invalid. Thrown before anything is sent; functions that return a promise reject with it. A
 * remote function (`kernels.gpu`) also rejects with it after the run, if the result does not match its schema.
 *
 * @example
 * ```ts
 * import { createClient, ValidationError } from 'kaggle-ts';
 * import { get } from 'kaggle-ts/datasets';
 *
 * try {
 *   await get(createClient(), 'alice/my-points', { timeout: -1 });
 * } catch (error) {
 *   if (!(error instanceof ValidationError)) throw error;
 *   for (const { path, message } of error.issues) console.log(`${path}: ${message}`);
 * }
 * ```
 */
export class ValidationError extends KaggleError {
  override readonly name: string = 'ValidationError';
  /** All problems that were found; at least one. */
  declare readonly issues: readonly ValidationIssue[];

  /** @param issues - Default: one issue with an empty path and the message. */
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

/** The platform lacks something that the call needs, for example a file system. The message says what to pass instead. */
export class MissingCapabilityError extends KaggleError {
  override readonly name: string = 'MissingCapabilityError';
}

/**
 * The connection failed, so there is no response, after the retries of idempotent methods. A call that reaches its timeout
 * throws `TimeoutError` instead.
 */
export class ConnectionError extends KaggleError {
  override readonly name: string = 'ConnectionError';
  /** `true` if a retry would fail the same way: an untrusted certificate, a server without TLS, or a CORS restriction. */
  declare readonly permanent: boolean;

  constructor(message: ErrorText, options: KaggleErrorOptions & { permanent?: boolean } = {}) {
    super(message, options);
    this.permanent = options.permanent ?? false;
  }
}

/**
 * An upload or a download failed, or a file that it needs could not be read or written. Transfers retry lost connections, so
 * the `cause` may be a `ConnectionError`, or a `TimeoutError` if no data was transferred for `stallTimeout` seconds.
 */
export class TransferError extends KaggleError {
  override readonly name: string = 'TransferError';
  /** The file concerned, as the caller named it; `undefined` if there is none. */
  declare readonly file: string | undefined;

  constructor(message: ErrorText, options: KaggleErrorOptions & { file?: string } = {}) {
    super(message, options);
    this.file = options.file && /^https?:/i.test(options.file) ? redactUrl(options.file) : options.file;
  }
}

/** The transferred bytes do not match the length or the checksum that the server announced. */
export class IntegrityError extends TransferError {
  override readonly name: string = 'IntegrityError';
}

/**
 * A call took longer than its `timeout` (retries included), or the awaited state was not reached in time. A signal of
 * `AbortSignal.timeout()` is an abort: the call rejects with its `DOMException`, which is also named `TimeoutError`.
 */
export class TimeoutError extends KaggleError {
  override readonly name: string = 'TimeoutError';
}

/** A kernel run failed or was canceled. */
export class KernelFailedError extends KaggleError {
  override readonly name: string = 'KernelFailedError';
  /** Final status of the run: `ERROR`, `CANCEL_REQUESTED` or `CANCEL_ACKNOWLEDGED`. */
  declare readonly status: string;
  /** Kaggle's message about the failure; `undefined` if there is none. */
  declare readonly failureMessage: string | undefined;
  /** The last lines of the log; `undefined` if they could not be fetched. */
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
