import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttp2, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { cert, key } from './identity.ts';

/** Receives the bytes of one connection, without TLS. `true` resets the connection. */
export type Tap = (from: 'client' | 'server', data: Buffer) => boolean;

export interface FrontOptions {
  version?: 'TLSv1.2' | 'TLSv1.3';
  /** Offers HTTP/2 beside HTTP/1.1, as Google's storage does. */
  h2?: boolean;
  /** Another key and certificate than those of the tests' authority. */
  identity?: { key: string; cert: string };
  /** Called for each connection of HTTP/1.1. */
  tap?: () => Tap;
}

/** A way over TLS to a plain server of the tests, which has no part in it. */
export interface Front {
  url: string;
  /** Protocols of the connections so far, as ALPN names them. */
  readonly protocols: string[];
  close(): void;
}

/** Lengths of the writes, and so of the records: from a byte to more than one record holds. */
const pieces = [1, 100_003, 16_384, 5, 65_536, 1_400, 16_385, 3];

/** Bytes to and fro; a connection that the server cuts or resets is cut or reset on this side as well. */
function pass(port: number, client: TLSSocket, socket: Socket | undefined, tap?: Tap): void {
  const server = connect(port, '127.0.0.1');
  let turn = 0;
  if (tap) {
    client.on('data', (data: Buffer) => {
      if (tap('client', data)) socket?.resetAndDestroy();
    });
  }
  client.pipe(server);
  server.on('data', (data: Buffer) => {
    tap?.('server', data);
    let goOn = true;
    for (let at = 0; at < data.length; ) {
      const piece = data.subarray(at, at + pieces[turn++ % pieces.length]!);
      at += piece.length;
      goOn = client.write(piece);
    }
    if (!goOn) server.pause();
  });
  client.on('drain', () => server.resume());
  server.on('end', () => client.end());
  server.on('error', () => socket?.resetAndDestroy());
  client.on('error', () => server.destroy());
  client.on('close', () => server.destroy());
}

const ofConnections = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** One request of HTTP/2, which `via` tells the server. Where that cuts its connection, the stream is reset. */
function forward(port: number, stream: ServerHttp2Stream, head: IncomingHttpHeaders): void {
  const headers = Object.entries(head).filter(([name]) => !name.startsWith(':'));
  const request = httpRequest({
    host: '127.0.0.1',
    port,
    agent: false,
    method: head[':method'] as string,
    path: head[':path'] as string,
    headers: { ...Object.fromEntries(headers), host: head[':authority'] as string, via: '2.0 front' },
  });
  // `close` with a code would end the body first, as if it were whole.
  const reset = () => void stream.destroy(new Error('the server cut its connection'));
  request.on('response', (response) => {
    const kept = Object.entries(response.headers).filter(([name]) => !ofConnections.has(name));
    if (stream.destroyed) return;
    stream.respond({ ...Object.fromEntries(kept), ':status': response.statusCode! });
    response.pipe(stream);
    // What came before a cut is to be seen before it: a client that hears of both at once may drop it.
    response.on('error', () => stream.write('', () => setTimeout(reset, 50)));
  });
  request.on('error', reset);
  // An answer may come before the server has taken all: the rest is not wanted, but the client sends it.
  request.on('close', () => {
    stream.unpipe(request);
    stream.resume();
  });
  stream.on('error', () => request.destroy());
  stream.on('close', () => request.destroy());
  stream.pipe(request);
}

/** Opens a way to the server at `port` of this machine. */
export async function openFront(port: number, options: FrontOptions = {}): Promise<Front> {
  const { version, h2 = false, identity = { key, cert }, tap } = options;
  const sockets = new Map<number, Socket>();
  const protocols: string[] = [];
  const http2 = createHttp2();
  http2.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => forward(port, stream, headers));
  const server = createServer({
    ...identity,
    ...(version && { minVersion: version, maxVersion: version }),
    ...(h2 && { ALPNProtocols: ['h2', 'http/1.1'] }),
  });
  server.on('connection', (socket) => {
    const { remotePort } = socket;
    sockets.set(remotePort!, socket);
    socket.on('close', () => sockets.delete(remotePort!));
  });
  server.on('secureConnection', (client) => {
    protocols.push(client.alpnProtocol || 'http/1.1');
    if (client.alpnProtocol === 'h2') http2.emit('connection', client);
    else pass(port, client, sockets.get(client.remotePort!), tap?.());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    protocols,
    close() {
      server.close();
      for (const socket of sockets.values()) socket.destroy();
    },
  };
}
