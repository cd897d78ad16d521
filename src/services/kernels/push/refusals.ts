import { ApiError, type ApiErrorOptions, PermissionError } from '../../../core/errors.ts';

/** What a kernel runs on. */
export type AcceleratorKind = 'CPU' | 'GPU' | 'TPU';

/**
 * All slots of this account are taken: Kaggle runs so many sessions at once (seen: 2 GPU and 5 CPU). The option
 * `waitForSlot` of `push` and `run` waits for one.
 */
export class CapacityError extends ApiError {
  override readonly name: string = 'CapacityError';
  /** Whose slots are taken. */
  declare readonly accelerator: AcceleratorKind;
  /** How many sessions may run at once. */
  declare readonly limit: number;

  constructor(message: string, options: ApiErrorOptions & { accelerator: AcceleratorKind; limit: number }) {
    super(message, options);
    this.accelerator = options.accelerator;
    this.limit = options.limit;
  }
}

/** The week's time on an accelerator is used up. */
export class QuotaError extends ApiError {
  override readonly name: string = 'QuotaError';
  declare readonly accelerator: AcceleratorKind;
  /** Seconds a week, if Kaggle says. */
  declare readonly limit: number | undefined;
  /** When the time is refilled, if Kaggle says. */
  declare readonly refilled: Date | undefined;

  constructor(
    message: string,
    options: ApiErrorOptions & { accelerator: AcceleratorKind; limit?: number; refilled?: Date | undefined },
  ) {
    super(message, options);
    this.accelerator = options.accelerator;
    this.limit = options.limit;
    this.refilled = options.refilled;
  }
}

/** Texts of SaveKernel's refusals, as others saw them, and what to do. The first that fits counts. */
const hints: readonly [text: RegExp, hint: string][] = [
  [
    /enableInternet/,
    'verify the phone number of the account at https://www.kaggle.com/settings, or pass enableInternet: false',
  ],
  [/editor type/i, 'a script cannot become a notebook, nor a notebook a script: push under another slug'],
  [/(kernel|notebook) not found/i, 'it is not yours, or was never saved: check the slug, or the id'],
  [
    /title .*(in use|exists|taken)|already exists/i,
    'another kernel of this account has the title: change newTitle and the slug',
  ],
];

/** Kaggle refuses sources of more than about this many bytes (seen: 1.25 MB taken, 1.8 MB refused). */
export const largeText = 1_000_000;

/** What an error of SaveKernel means, in words of ours after Kaggle's own. */
export function explainRefusal(error: unknown, textBytes: number): unknown {
  if (!(error instanceof ApiError)) return error;
  const { message, status, code, reason, method, retryAfterMs, cause } = error;
  const options = { status, code, reason, method, cause, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  const slots = /maximum batch (\w+) session count of (\d+)/i.exec(message);
  if (slots) {
    const accelerator = slots[1]!.toUpperCase() as AcceleratorKind;
    const hint = 'wait for a session to end, stop one (kernels.cancel, kernels.remove), or pass waitForSlot: seconds';
    return new CapacityError(`${message} (${hint})`, { ...options, accelerator, limit: Number(slots[2]) });
  }
  const quota = /maximum weekly (\w+) quota of ([\d.]+) hours/i.exec(message);
  if (quota) {
    const accelerator = quota[1]!.toUpperCase() as AcceleratorKind;
    const hint = 'it is refilled on Saturday, 00:00 UTC';
    return new QuotaError(`${message} (${hint})`, { ...options, accelerator, limit: Number(quota[2]) * 3600 });
  }
  const conflict = status === 409 ? hints.at(-1)![1] : undefined;
  const tooLarge =
    status === 400 && textBytes > largeText
      ? `the source has ${(textBytes / 1e6).toFixed(2)} MB, and Kaggle refuses more than about 1.2 MB: move code and data to a dataset`
      : undefined;
  const hint = tooLarge ?? hints.find(([text]) => text.test(message))?.[1] ?? conflict;
  if (!hint) return error;
  const kind = error instanceof PermissionError ? PermissionError : ApiError;
  return new kind(`${message} (${hint})`, options);
}
