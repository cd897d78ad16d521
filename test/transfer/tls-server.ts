import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttps, type ServerOptions } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTls, type TLSSocket } from 'node:tls';
import { cert, key } from '../tls/identity.ts';
import { content, crc32cOf } from './download-server.ts';

export interface TlsServer {
  /** Address of the API. */
  url: string;
  /** SHA-256 of what each upload brought, in the order in which they ended. */
  uploads: string[];
  close(): Promise<void>;
}

/** Lengths of the writes, and so of the records: from a byte to more than one record holds. */
const pieces = [1, 100_003, 16_384, 5, 200_001, 1_400, 65_536, 16_385, 3];

async function listen<T extends Server>(server: T): Promise<T> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
const origin = (server: Server) => `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

/**
 * Kaggle's API and its storage over TLS. Objects are called `<bytes>.bin` or `<bytes>.sum.bin`; the latter have their checksum
 * announced. The storage sends as fast as the client takes, and reads uploads slowly.
 */
export async function startTlsServer(version: 'TLSv1.2' | 'TLSv1.3'): Promise<TlsServer> {
  const options: ServerOptions = { key, cert, minVersion: version, maxVersion: version };
  const uploads: string[] = [];
  const sessions: { hash: Hash; size: number }[] = [];
  const made = new Map<string, { data: Buffer; hash: string }>();
  const object = (name: string) => {
    let found = made.get(name);
    if (!found) {
      const data = content(Number.parseInt(name, 10));
      found = { data, hash: name.includes('sum') ? `x-goog-hash: crc32c=${crc32cOf(data)}\r\n` : '' };
      made.set(name, found);
    }
    return found;
  };

  function answer(socket: TLSSocket, head: string): void {
    const name = /^GET \/(\S+?)\?/.exec(head)![1]!;
    const { data, hash } = object(name);
    const range = /^range: bytes=(\d+)-(\d*)\r$/im.exec(head);
    const start = Number(range?.[1] ?? 0);
    const end = range?.[2] ? Math.min(Number(range[2]) + 1, data.length) : data.length;
    socket.write(
      `HTTP/1.1 ${range ? '206 Partial Content' : '200 OK'}\r\ncontent-length: ${end - start}\r\netag: "${name}"\r\naccept-ranges: bytes\r\n` +
        `${range ? `content-range: bytes ${start}-${end - 1}/${data.length}\r\n` : ''}${hash}\r\n`,
    );
    let turn = 0;
    const send = (at: number): void => {
      for (let from = at; from < end && !socket.destroyed; ) {
        const to = Math.min(end, from + pieces[turn++ % pieces.length]!);
        const goOn = socket.write(data.subarray(from, to));
        from = to;
        if (!goOn) return void socket.once('drain', () => send(from));
      }
    };
    send(start);
  }
  const downloads = createTls(options, (socket) => {
    let head = '';
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      head += data;
      if (!head.includes('\r\n\r\n')) return;
      answer(socket, head);
      head = '';
    });
  });
  await listen(downloads);

  const api = createHttps(options, async (request, response) => {
    if (request.method === 'PUT') {
      const session = sessions[Number(new URL(request.url!, 'https://x').searchParams.get('upload_id'))]!;
      const total = Number(
        /\/(\d+)$/.exec(request.headers['content-range'] ?? '')?.[1] ?? request.headers['content-length'],
      );
      for await (const chunk of request) {
        session.hash.update(chunk);
        session.size += chunk.length;
        if (session.size % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
      }
      if (session.size < total) return void response.writeHead(308, { range: `bytes=0-${session.size - 1}` }).end();
      uploads.push(session.hash.digest('hex'));
      response.writeHead(200, { 'content-type': 'application/json' });
      return void response.end(JSON.stringify({ size: String(session.size) }));
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { fileName } = JSON.parse(Buffer.concat(chunks).toString());
    if (request.url!.endsWith('/DownloadDataset')) {
      return void response.writeHead(302, { location: `${origin(downloads)}/${fileName}?signature=x` }).end();
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ token: 't', createUrl: `${origin(api)}/upload?upload_id=${sessions.length}` }));
    sessions.push({ hash: createHash('sha256'), size: 0 });
  });
  // A busy machine may leave a connection idle for longer than the default of 5 s; clients would meet its end.
  api.keepAliveTimeout = 60_000;
  await listen(api);

  return {
    url: origin(api),
    uploads,
    async close() {
      api.closeAllConnections();
      downloads.close();
      api.close();
    },
  };
}
