import type { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { onTestFinished } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { createProxy, deletions, type ProxyEvent, type ProxyOptions, runJobs } from '../../src/proxy/index.ts';
import { nodeHandler } from '../../src/proxy/node.ts';
import { authority } from '../tls/authority.ts';
import { cert, key } from '../tls/identity.ts';

export const list = 'kernels.KernelsApiService/ListKernels';

interface Given extends Partial<ProxyOptions> {
  /** Responds in place of Kaggle. */
  kaggle?: (request: Request) => Response | Promise<Response>;
  secure?: boolean;
}

/** A proxy that listens on a port. */
export async function serve({ kaggle, secure, ...options }: Given) {
  const events: ProxyEvent[] = [];
  const proxy = createProxy({
    ...(!options.client && {
      client: createClient({ token: 'KGAT_test', fetch: async (request) => kaggle!(request) }),
    }),
    allow: { ...runJobs, ...deletions },
    authorize: () => true,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const handler = nodeHandler(proxy);
  const server = secure ? createSecure({ cert, key }, handler) : createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http${secure ? 's' : ''}://127.0.0.1:${port}`, events };
}

/** Sends bytes over a socket, and resolves to what came back when the server closed it. */
export function raw(port: number, pieces: readonly string[], secure = false): Promise<string> {
  const socket = secure ? connectSecure({ port, host: 'localhost', ca: authority }) : connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  for (const piece of pieces) socket.write(piece, 'latin1');
  return new Promise((resolve) => socket.on('close', () => resolve(text)));
}

export const headersOf = (port: number, more = '') =>
  `Host: 127.0.0.1:${port}\r\nX-Kaggle-Ts: http://127.0.0.1:${port}/kaggle\r\nContent-Type: application/json\r\n${more}`;
/** A call, as the bytes of its request. */
export const post = (port: number, body: string, more = '') =>
  `POST /kaggle/${list} HTTP/1.1\r\n${headersOf(port, `Content-Length: ${body.length}\r\n${more}`)}\r\n${body}`;
