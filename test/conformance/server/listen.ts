import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';

/** An HTTP server on a free port of the loopback. */
export interface Listening {
  url: string;
  close(): Promise<void>;
}

function toRequest(incoming: IncomingMessage, origin: string): Request {
  const { method = 'GET', url = '/' } = incoming;
  const headers = new Headers();
  for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index]!, incoming.rawHeaders[index + 1]!);
  }
  const body = method === 'GET' || method === 'HEAD' ? undefined : (Readable.toWeb(incoming) as ReadableStream);
  return new Request(origin + url, { method, headers, body, duplex: 'half' } as RequestInit);
}

async function send(outgoing: ServerResponse, response: Response): Promise<void> {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  for await (const chunk of response.body ?? []) outgoing.write(chunk);
  outgoing.end();
}

/** Serves a fetch handler on 127.0.0.1. */
export async function listen(handler: (request: Request) => Promise<Response>): Promise<Listening> {
  let origin = '';
  const server: Server = createServer((incoming, outgoing) => {
    handler(toRequest(incoming, origin))
      .catch((error: unknown) => new Response(String((error as Error).stack ?? error), { status: 500 }))
      .then((response) => send(outgoing, response))
      .catch(() => outgoing.destroy());
  });
  // A connection that is closed just when it is used again would look like one that was lost.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: origin,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
