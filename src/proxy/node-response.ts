import type { NodeIncoming, NodeOutgoing } from './node-types.ts';

/** Sends a response as fast as the client reads it, until `gone` aborts. Rejects if its body breaks off. */
export async function sendResponse(
  response: Response,
  incoming: NodeIncoming,
  outgoing: NodeOutgoing,
  gone: AbortSignal,
): Promise<void> {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  // Before HTTP/2, a connection with a body that nobody reads cannot be used again.
  if (!incoming.complete && !isHttp2(incoming)) headers.connection = 'close';
  const reader = response.body?.getReader();
  let wake = () => {};
  const stop = () => {
    reader?.cancel().catch(() => undefined);
    wake();
  };
  if (gone.aborted) return stop();
  gone.addEventListener('abort', stop, { once: true });
  outgoing.writeHead(response.status, headers);
  if (reader) outgoing.flushHeaders();
  // A body can break off while the client reads nothing.
  reader?.closed.catch(() => wake());
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    if (outgoing.write(value)) continue;
    await new Promise<void>((resolve) => {
      wake = resolve;
      outgoing.once('drain', resolve);
    });
  }
  gone.removeEventListener('abort', stop);
  if (!gone.aborted) outgoing.end();
}

/** HTTP/2 has pseudo-headers. */
const isHttp2 = ({ rawHeaders }: NodeIncoming): boolean => rawHeaders.some((name) => name.startsWith(':'));

/** Milliseconds during which the rest of a refused body is dropped, so that the client reads the response first. */
const linger = 2000;

/** Milliseconds in which a client has to read what remains of a response. */
const longestEnd = 300_000;

/** Ends the connection after a response: at once if its request was not read to the end. */
export function closeUnread(incoming: NodeIncoming, outgoing: NodeOutgoing, drop: (() => void) | undefined): void {
  const unread = !incoming.complete;
  const timer = setTimeout(() => incoming.destroy(), unread ? linger : longestEnd);
  // A timer of Node: it must not keep the process alive.
  (timer as unknown as { unref?(): void }).unref?.();
  outgoing.once('close', () => clearTimeout(timer));
  if (unread) drop?.();
}
