/** `promise`, but rejects with the signal's reason as soon as it is aborted, whatever becomes of the promise. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** As `abortable`, for an answer: the body of one that comes too late is closed. */
export function abortableAnswer(asked: Promise<Response>, signal: AbortSignal): Promise<Response> {
  const close = (late: Response) => {
    if (signal.aborted) late.body?.cancel().catch(() => undefined);
  };
  asked.then(close, () => undefined);
  return abortable(asked, signal);
}
