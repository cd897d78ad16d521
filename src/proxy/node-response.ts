import type { NodeIncoming, NodeOutgoing } from './node-types.ts';

/** Sends a response as fast as the client reads it. Rejects if its body breaks off. */
export async function sendResponse(response: Response, incoming: NodeIncoming, outgoing: NodeOutgoing): Promise<void> {
  const headers: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers['set-cookie'] = cookies;
  // Before HTTP/2, a connection with a body that nobody reads cannot be used again.
  if (!incoming.complete && !isHttp2(incoming)) headers.connection = 'close';
  const reader = response.body?.getReader();
  let closed = false;
  const gone = new Promise<undefined>((resolve) => {
    outgoing.once('close', () => {
      closed = true;
      resolve(undefined);
    });
  });
  outgoing.writeHead(response.status, headers);
  if (reader) outgoing.flushHeaders();
  for (;;) {
    const step = await Promise.race([reader?.read(), gone]);
    if (closed) {
      reader?.cancel().catch(() => undefined);
      return;
    }
    if (!step || step.done) break;
    if (!outgoing.write(step.value))
      await Promise.race([new Promise<void>((resolve) => outgoing.once('drain', resolve)), gone, reader?.closed]);
  }
  outgoing.end();
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
