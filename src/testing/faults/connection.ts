/** Thrown to break the connection. Without a server, the caller gets it as a rejected `fetch`. */
export class ConnectionCut extends TypeError {
  override readonly name: string = 'ConnectionCut';
}

/** Thrown to reset the connection before anything is done. */
export class ConnectionRefused extends ConnectionCut {
  override readonly name: string = 'ConnectionRefused';
  /** How long the port stays closed. */
  readonly seconds: number;

  constructor(seconds: number) {
    super('the connection was refused');
    this.seconds = seconds;
  }
}

export const cut = (): ConnectionCut => new ConnectionCut('the connection was cut');

/** Never resolves; rejects when the client closes the connection. */
export function stallForever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(cut());
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

export function wait(seconds: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, seconds * 1000);
  });
  return Promise.race([over, stallForever(signal)]).finally(() => clearTimeout(timer));
}
