import type { ErrorText } from '../../../core/error-text.ts';
import { KaggleError, type KaggleErrorOptions } from '../../../core/errors.ts';

/** A webhook could not be delivered, or a received one is not authentic. */
export class WebhookError extends KaggleError {
  override readonly name: string = 'WebhookError';
  /** HTTP status of the last response of the receiver; `undefined` if there was none, and for a received webhook. */
  declare readonly status: number | undefined;

  constructor(message: ErrorText, options: KaggleErrorOptions & { status?: number | undefined } = {}) {
    super(message, options);
    this.status = options.status;
  }
}
