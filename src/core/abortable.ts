/** Follows `promise`, but rejects with the reason of the signal as soon as that aborts. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Like `abortable`, for a response: if it arrives after the abort, its body is canceled. */
export function abortableResponse(response: Promise<Response>, signal: AbortSignal): Promise<Response> {
  const close = ({ body }: Response) => {
    if (signal.aborted) body?.cancel().catch(() => undefined);
  };
  response.then(close, () => undefined);
  return abortable(response, signal);
}

/**
 * Creates a generator that `return` ends at once, by aborting the signal that `create` receives. Otherwise `return` waits for a
 * pending `next`, which may take long.
 */
export function endedByReturn<T>(create: (closed: AbortSignal) => AsyncGenerator<T>): AsyncGenerator<T> {
  const closed = new AbortController();
  const generator = create(closed.signal);
  const finish = generator.return.bind(generator);
  generator.return = (value) => {
    closed.abort();
    return finish(value);
  };
  return generator;
}
