import type { NodeIncoming } from './node-types.ts';

/** A request, and a function that drops the rest of its body. */
export interface ReadRequest {
  readonly request: Request;
  drop(): void;
}

/** The body, read when it is pulled. If it is canceled, the rest is not read. */
function bodyOf(incoming: NodeIncoming): { stream: ReadableStream<Uint8Array<ArrayBuffer>>; drop(): void } {
  let ended = false;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        const finish = (act: () => void) => () => {
          if (ended) return;
          ended = true;
          act();
        };
        const broken = finish(() => controller.error(new Error('the client closed the connection')));
        incoming.on('data', (chunk: Uint8Array) => {
          if (ended) return;
          controller.enqueue(new Uint8Array(chunk));
          incoming.pause();
        });
        incoming.on(
          'end',
          finish(() => controller.close()),
        );
        incoming.on('error', broken);
        incoming.on('close', broken);
        incoming.pause();
        if (incoming.readableEnded) broken();
      },
      pull: () => void incoming.resume(),
      cancel() {
        ended = true;
        incoming.pause();
      },
    },
    { highWaterMark: 0 },
  );
  return {
    stream,
    drop() {
      ended = true;
      incoming.resume();
    },
  };
}

/**
 * Whether parsing changes nothing of a path: it has no dots as segments, no backslashes and no fragment. A server in front
 * may have read these in another way, and so have applied the rules of another path.
 */
function isPlain(origin: string, path: string): boolean {
  return URL.canParse(origin + path) && new URL(origin + path).pathname === path.split('?')[0];
}

/** Converts a request of Node; returns `undefined` if its address, method or headers are invalid. */
export function readIncoming(incoming: NodeIncoming, signal: AbortSignal): ReadRequest | undefined {
  const { rawHeaders, socket, method = 'GET' } = incoming;
  const path = incoming.originalUrl ?? incoming.url ?? '';
  const pairs: [string, string][] = [];
  const hosts: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name, value] = [rawHeaders[index]!, rawHeaders[index + 1]!];
    if (/^(?:host|:authority)$/i.test(name)) hosts.push(value);
    if (!name.startsWith(':')) pairs.push([name, value]);
  }
  // Node accepts several, which servers in front of it may read differently.
  const [host = 'localhost', ...others] = hosts;
  const origin = `http${socket.encrypted ? 's' : ''}://${host}`;
  const isValid = others.length === 0 && /^[\w.:[\]-]+$/.test(host);
  if (!path.startsWith('/') || !isValid || !isPlain(origin, path)) return undefined;
  const body = /^(?:GET|HEAD|OPTIONS)$/.test(method) ? undefined : bodyOf(incoming);
  const init: RequestInit & { duplex?: 'half' } = {
    method,
    headers: pairs,
    signal,
    ...(body && { body: body.stream, duplex: 'half' }),
  };
  try {
    return { request: new Request(origin + path, init), drop: () => body?.drop() };
  } catch {
    return undefined;
  }
}
