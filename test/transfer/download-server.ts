import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCrc32c } from '../../src/core/hash/crc32c.ts';

/** An object of the storage. */
export interface Stored {
  data: Buffer;
  etag: string | null;
  /** The header x-goog-hash; `null` for none. */
  hash: string | null;
}

export interface Get {
  name: string;
  range: string | undefined;
  condition: string | undefined;
  authorization: string | undefined;
  status: number;
  /** Bytes of the body that were handed to the socket. */
  sent: number;
  closed: boolean;
}

export interface DownloadServer {
  url: string;
  objects: Map<string, Stored>;
  gets: Get[];
  /** Bytes a second for each connection; default no limit. */
  rate: number;
  /** The most connections that were at work at once. */
  most: number;
  ignoreRange: boolean;
  /** Addresses given in the first so many answers of the API are no longer valid. */
  expired: number;
  /** Answers that the API has given. */
  answers: number;
  put(name: string, data: Buffer, given?: Partial<Stored>): void;
  /** Breaks all connections to the storage off. */
  dropAll(): void;
  close(): Promise<void>;
}

export function crc32cOf(data: Uint8Array): string {
  const hasher = createCrc32c();
  hasher.update(data);
  return Buffer.from(hasher.digest() as Uint8Array).toString('base64');
}

/** Bytes that are nowhere the same twice. */
export function content(length: number, seed = 'a'): Buffer {
  const block = Buffer.alloc(Math.ceil(length / 32) * 32);
  for (let at = 0, index = 0; at < length; at += 4096, index++) {
    const hash = createHash('sha256').update(`${seed}${index}`).digest();
    block.fill(hash, at, Math.min(at + 4096, block.length));
    block.writeUInt32LE(index, at);
  }
  return block.subarray(0, length);
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const origin = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Kaggle's API and its storage, as far as downloads need them: `owner/data` has all objects, and so has the kernel `owner/run`. */
export async function startDownloadServer(): Promise<DownloadServer> {
  const objects = new Map<string, Stored>();
  const gets: Get[] = [];
  let working = 0;

  async function send(response: ServerResponse, data: Buffer, get: Get): Promise<void> {
    working++;
    served.most = Math.max(served.most, working);
    let wake = () => {};
    response.on('drain', () => wake());
    response.on('close', () => wake());
    const step = Number.isFinite(served.rate) ? Math.max(1, Math.round(served.rate / 100)) : 65_536;
    for (let at = 0; at < data.length && !response.destroyed; at += step) {
      const piece = data.subarray(at, at + step);
      response.write(piece);
      get.sent += piece.length;
      if (Number.isFinite(served.rate)) await new Promise((resolve) => setTimeout(resolve, 10));
      if (!response.writableNeedDrain || response.destroyed) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    working--;
    response.end();
  }
  const storage = await listen((request, response) => {
    const name = decodeURIComponent(new URL(request.url!, 'http://x').pathname.slice(1));
    const stored = objects.get(name);
    const answer = Number(new URL(request.url!, 'http://x').searchParams.get('answer'));
    const { range, authorization } = request.headers;
    const condition = request.headers['if-range'] as string | undefined;
    const get: Get = { name, range, condition, authorization, status: 404, sent: 0, closed: false };
    gets.push(get);
    response.on('close', () => {
      get.closed = true;
    });
    if (answer <= served.expired) {
      get.status = 403;
      return void response
        .writeHead(403)
        .end('<Error><Code>AccessDenied</Code><Message>Access denied.</Message></Error>');
    }
    if (!stored) return void response.writeHead(404).end('no such object');
    const { data, etag, hash } = stored;
    const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
    const partial = match && !served.ignoreRange && (condition === undefined || condition === etag);
    const start = partial ? Number(match[1]) : 0;
    const end = partial && match[2] ? Math.min(Number(match[2]) + 1, data.length) : data.length;
    get.status = partial ? 206 : 200;
    response.writeHead(get.status, {
      'content-length': end - start,
      'accept-ranges': 'bytes',
      'last-modified': 'Sat, 01 Jun 2024 12:00:00 GMT',
      ...(etag && { etag }),
      ...(hash && { 'x-goog-hash': hash }),
      ...(partial && { 'content-range': `bytes ${start}-${end - 1}/${data.length}` }),
    });
    response.flushHeaders();
    send(response, data.subarray(start, end), get);
  });
  const api = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    served.answers++;
    const address = (name: string) =>
      `${origin(storage)}/${encodeURIComponent(name)}?signature=secret&answer=${served.answers}`;
    if (request.url!.endsWith('/DownloadDataset')) {
      return void response.writeHead(302, { location: address(body.fileName) }).end();
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    const files = [...objects.keys()].map((fileName) => ({ fileName, url: address(fileName) }));
    response.end(JSON.stringify({ files }));
  });
  const served: DownloadServer = {
    url: origin(api),
    objects,
    gets,
    rate: Number.POSITIVE_INFINITY,
    most: 0,
    ignoreRange: false,
    expired: 0,
    answers: 0,
    put(name, data, given = {}) {
      const etag = `"${createHash('md5').update(data).digest('hex')}"`;
      objects.set(name, { data, etag, hash: `crc32c=${crc32cOf(data)}`, ...given });
    },
    dropAll: () => storage.closeAllConnections(),
    async close() {
      for (const server of [api, storage]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  return served;
}
