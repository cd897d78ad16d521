import { abortable } from '../core/abortable.ts';
import { requestStorage } from '../core/transfer/storage.ts';
import { canStream, fixedLengthStream } from '../core/transfer/upload/streamed-body.ts';
import type { Exchange } from './exchange.ts';
import { type Incoming, openIncoming } from './incoming.ts';
import { Refusal } from './refusal.ts';

/** Where a body is sent. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes of the body. */
  readonly length: number;
}

/** Largest body that is held in memory, in bytes: the largest part that a page sends. */
const mostHeld = 64 * 2 ** 20;

/** The bytes as a stream for `fetch`, read when the network takes them. */
function streamOf(incoming: Incoming): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await incoming.next();
        if (chunk) controller.enqueue(chunk);
        else controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function hold(incoming: Incoming, length: number): Promise<Uint8Array<ArrayBuffer>> {
  if (length > mostHeld) {
    const message = `this proxy cannot stream: its runtime sends bodies of at most ${mostHeld} bytes; send the file in parts`;
    throw new Refusal(413, message, 'content-length');
  }
  const bytes = new Uint8Array(length);
  await abortable(incoming.read(bytes), incoming.signal);
  return bytes;
}

/** The body for `fetch`, and the headers that it needs. */
async function bodyOf(incoming: Incoming, { client }: Exchange, { headers, length }: Target): Promise<RequestInit> {
  if (!canStream(client.platform)) return { headers, body: await hold(incoming, length) };
  const Fixed = fixedLengthStream();
  let body = streamOf(incoming);
  if (Fixed) {
    const { readable, writable } = new Fixed(length);
    // The request fails for the same reason.
    body.pipeTo(writable, { signal: incoming.signal }).catch(() => undefined);
    body = readable;
  }
  const init: RequestInit & { duplex: 'half' } = {
    headers: { ...headers, 'content-length': String(length) },
    body: body as ReadableStream<Uint8Array<ArrayBuffer>>,
    duplex: 'half',
  };
  return init;
}

/** Sends the body of the page's request to the storage, as it arrives if the runtime can, and resolves to the response. */
export async function sendBody(exchange: Exchange, target: Target): Promise<Response> {
  const { client, request, limits } = exchange;
  const { url, headers, length } = target;
  const { put, putReaches } = client.transport;
  const incoming = openIncoming(request, length, limits);
  const { signal } = incoming;
  const asked = { method: 'PUT', url, signal };
  try {
    if (put && putReaches?.(url) !== false) {
      const { read } = incoming;
      return await requestStorage(client, asked, () => put({ url, headers, length, read, sent: () => {}, signal }));
    }
    const init = await bodyOf(incoming, exchange, target);
    const sent = requestStorage(client, new Request(url, { ...init, method: 'PUT', redirect: 'manual', signal }));
    return await abortable(sent, signal);
  } finally {
    incoming.close();
  }
}
