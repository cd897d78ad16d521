import type { MessageSchema } from '../codec/message.ts';

/**
 * Describes a method of the Kaggle API for `client.call`. The constants of `kaggle-ts/services/<area>` are of this type.
 */
export interface Method<Request = unknown, Response = unknown> {
  /** Full name of the service, for example `kernels.KernelsApiService`. */
  readonly service: string;
  /** Name of the method, for example `GetKernelSessionStatus`. */
  readonly name: string;
  /** Schema of the request. */
  readonly request: MessageSchema<Request>;
  /** Schema of the response; absent for methods that return nothing or a file. */
  readonly response?: MessageSchema<Response>;
  /** `true` for methods that return a file, or redirect to one: `call` resolves to the `Response`. */
  readonly raw?: boolean;
  /** `true` if calling it twice has the same effect as once, so that it can be retried. */
  readonly idempotent?: boolean;
  /** `true` if it requires a credential. Without one, `call` rejects before anything is sent. */
  readonly auth?: boolean;
  /** Field of the response that means failure if it is set. `call` then rejects with `ApiError`. */
  readonly failure?: string;
}

/** The name of a method in errors and logs: `kernels.KernelsApiService/GetKernelSessionStatus`. */
export function methodPath(method: { service: string; name: string }): string {
  return `${method.service}/${method.name}`;
}

/** Name prefixes of methods that only read, or start an upload that has no effect until it is used. */
const repeatable = /^(?:Download|Export|Get|Introspect|List)(?![A-Za-z]*(?:And|Or)[A-Z])|^Start[A-Z]\w*Upload$/;

/** Whether a method can be repeated. For a method called by name, only its name tells. */
export function isRepeatable({ name, idempotent }: Pick<Method, 'name' | 'idempotent'>): boolean {
  return idempotent ?? repeatable.test(name);
}
