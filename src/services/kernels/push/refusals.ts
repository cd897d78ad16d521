import { type ErrorText, writeText } from '../../../core/error-text.ts';
import { ApiError, type ApiErrorOptions, type ConnectionError, type TimeoutError } from '../../../core/errors.ts';

/** Kind of the machine whose slots or quota an error is about. */
export type AcceleratorKind = 'CPU' | 'GPU' | 'TPU';

/**
 * The account runs as many sessions as Kaggle allows (observed: 2 with a GPU, 5 without). `waitForSlot` of `push` and `run`
 * waits for a free slot.
 */
export class CapacityError extends ApiError {
  override readonly name: string = 'CapacityError';
  /** Kind of the sessions that are counted. */
  declare readonly accelerator: AcceleratorKind;
  /** Maximum number of concurrent sessions of this kind. */
  declare readonly limit: number;

  constructor(message: ErrorText, options: ApiErrorOptions & { accelerator: AcceleratorKind; limit: number }) {
    super(message, options);
    this.accelerator = options.accelerator;
    this.limit = options.limit;
  }
}

/** The weekly quota of an accelerator is used up. It renews on Saturday, 00:00 UTC. */
export class QuotaError extends ApiError {
  override readonly name: string = 'QuotaError';
  /** Kind of the quota: `GPU` or `TPU`. */
  declare readonly accelerator: AcceleratorKind;
  /** Weekly quota in seconds, if Kaggle returned it. */
  declare readonly limit: number | undefined;
  /** When the quota renews, if Kaggle returned it. */
  declare readonly refilled: Date | undefined;

  constructor(
    message: ErrorText,
    options: ApiErrorOptions & { accelerator: AcceleratorKind; limit?: number; refilled?: Date | undefined },
  ) {
    super(message, options);
    this.accelerator = options.accelerator;
    this.limit = options.limit;
    this.refilled = options.refilled;
  }
}

/** Messages of SaveKernel, as observed, and what to do. The first match counts. */
const hints: readonly [text: RegExp, hint: ErrorText][] = [
  [
    /enableInternet/,
    (name) =>
      `verify the phone number of the account at https://www.kaggle.com/settings, or pass ${name('enableInternet', 'false')}`,
  ],
  [/editor type/i, 'a kernel cannot change from script to notebook or back; push to another slug'],
  [
    /(kernel|notebook) not found/i,
    (name) => `it belongs to another account, or was never saved; check ${name('slug')} or ${name('id')}`,
  ],
  [
    /title .*(in use|exists|taken)|already exists/i,
    (name) => `another kernel of this account has this title; change ${name('newTitle')} and ${name('slug')}`,
  ],
];

/** Kaggle refuses sources of more than about this many bytes (observed: 1.25 MB accepted, 1.8 MB refused). */
export const largeText = 1_000_000;

/** The error, of the same class, with a hint in parentheses behind its message. */
export function withHint<E extends ApiError | ConnectionError | TimeoutError>(error: E, hint: ErrorText): E {
  const Kind = error.constructor as new (message: ErrorText, options: object) => E;
  return new Kind((name) => `${error.describe(name)} (${writeText(hint, name)})`, { ...error, cause: error.cause });
}

/** Adds what to do to an error of SaveKernel. */
export function explainRefusal(error: unknown, textBytes: number): unknown {
  if (!(error instanceof ApiError)) return error;
  const { message, status, code, reason, method, retryAfterMs, cause } = error;
  const options = { status, code, reason, method, cause, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const slots = /maximum batch (\w+) session count of (\d+)/i.exec(message);
  if (slots) {
    const accelerator = slots[1]!.toUpperCase() as AcceleratorKind;
    return new CapacityError(
      (name) =>
        `${error.describe(name)} (wait for a session to end, stop one with ${name('kernels.cancel')} or ` +
        `${name('kernels.remove')}, or pass ${name('waitForSlot')})`,
      { ...options, accelerator, limit: Number(slots[2]) },
    );
  }
  const quota = /maximum weekly (\w+) quota of ([\d.]+) hours/i.exec(message);
  if (quota) {
    const accelerator = quota[1]!.toUpperCase() as AcceleratorKind;
    const hint = 'it renews on Saturday, 00:00 UTC';
    return new QuotaError(`${message} (${hint})`, { ...options, accelerator, limit: Number(quota[2]) * 3600 });
  }
  const conflict = status === 409 ? hints.at(-1)![1] : undefined;
  const tooLarge =
    status === 400 && textBytes > largeText
      ? `the source is ${(textBytes / 1e6).toFixed(2)} MB, and Kaggle refuses more than about 1.2 MB; move code and data to a dataset`
      : undefined;
  const hint = tooLarge ?? hints.find(([text]) => text.test(message))?.[1] ?? conflict;
  return hint === undefined ? error : withHint(error, hint);
}
