/** A file that cannot be shown. The message says why, and what to do. */
export class PreviewError extends Error {
  override readonly name = 'PreviewError';
  /** What failed, in a few words. */
  readonly title: string;

  constructor(title: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.title = title;
  }
}
