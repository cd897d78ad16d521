import type { MessageSchema } from '../codec/message.ts';

/**
 * A method of the Kaggle API as a plain value: what `client.call` needs to know about it.
 * The generated constants (`kaggle-ts/services/<area>`) are of this type.
 */
export interface Method<Request = unknown, Response = unknown> {
  /** Full dotted service name, for example `kernels.KernelsApiService`. */
  readonly service: string;
  /** Method name as Kaggle writes it, for example `GetKernelSessionStatus`. */
  readonly name: string;
  readonly request: MessageSchema<Request>;
  /** Absent when the method answers with nothing or with bytes. */
  readonly response?: MessageSchema<Response>;
  /** `true` for the methods that answer with a file or a redirect to one: `call` resolves to the raw `Response`. */
  readonly raw?: boolean;
  /** Calling it twice does no more than calling it once: it may be retried. */
  readonly idempotent?: boolean;
  /** It cannot work without a credential: calling it without one fails before anything is sent. */
  readonly auth?: boolean;
  /** The field of the answer that, when filled, means that the call failed. */
  readonly failure?: string;
}

/** `kernels.KernelsApiService/GetKernelSessionStatus`: how errors and logs name a method. */
export function methodPath(method: { service: string; name: string }): string {
  return `${method.service}/${method.name}`;
}

/** The first words of methods that change nothing, or only begin what is harmless while nobody uses it. */
const repeatable = /^(?:Download|Export|Get|Introspect|List)(?![A-Za-z]*(?:And|Or)[A-Z])|^Start[A-Z]\w*Upload$/;

/** Whether a method may be called twice; of one that is called by its name only the name tells it. */
export function isRepeatable({ name, idempotent }: Pick<Method, 'name' | 'idempotent'>): boolean {
  return idempotent ?? repeatable.test(name);
}
