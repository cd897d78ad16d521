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
