import { KernelFailedError } from '../../../core/errors.ts';

/** The exception of a remote function, as its run reported it. */
export interface PythonException {
  /** Name of the class, such as `ValueError`. */
  readonly type: string;
  /** Text of the exception; empty if it has none. */
  readonly message: string;
  /** Traceback as Python prints it. It begins in the file of the function, and names files relative to its folder. */
  readonly traceback: string;
}

/** A remote function raised an exception, or returned a value that cannot be sent. */
export class RemoteFunctionError extends KernelFailedError {
  override readonly name: string = 'RemoteFunctionError';
  /** Name of the class of the Python exception, such as `ValueError`. */
  declare readonly type: string;
  /** Text of the Python exception; empty if it has none. */
  declare readonly reason: string;
  /** Traceback as Python prints it. It begins in the file of the function, and names files relative to its folder. */
  declare readonly traceback: string;

  constructor(
    message: string,
    { type, message: reason, traceback }: PythonException,
    options: ConstructorParameters<typeof KernelFailedError>[1],
  ) {
    super(message, options);
    this.type = type;
    this.reason = reason;
    this.traceback = traceback;
  }
}
