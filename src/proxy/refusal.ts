/** Why the proxy does not carry out a request. Becomes an error response in Kaggle's form. */
export class Refusal extends Error {
  readonly status: number;
  /** The `status` word of the body. */
  readonly reason: string;
  /** The rule or option that refused the request; `undefined` for a failure of Kaggle. */
  readonly rule: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, rule?: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.reason = words[status] ?? 'UNKNOWN';
    this.rule = rule;
    this.headers = headers;
  }
}

/** Names of statuses, as in the errors of api.kaggle.com; `NOT_ALLOWED` is this proxy's own. */
const words: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'NOT_ALLOWED',
  404: 'NOT_FOUND',
  405: 'INVALID_ARGUMENT',
  408: 'DEADLINE_EXCEEDED',
  410: 'NOT_FOUND',
  411: 'INVALID_ARGUMENT',
  413: 'INVALID_ARGUMENT',
  415: 'INVALID_ARGUMENT',
  424: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};
