import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { crc32c } from '../../src/core/hash/crc32c.ts';

/** One file that was sent. Its bytes are not kept, only what tells whether they are the right ones. */
interface Stored {
  size: number;
  stored: number;
  crc: number;
}

export interface StorageServer {
  url: string;
  /** The headers that pages of other origins may see. */
  exposed: string;
  /** Requests since the last `reset`: all of them, and how many were under way at once at most. */
  readonly requests: number;
  readonly peak: number;
  /** Complete uploads by name. */
  readonly uploads: ReadonlyMap<string, { size: number; crc32c: string }>;
  /** Address of the objects, `url` at first. Another host is another origin. */
  objects: string;
  /** The version of all objects, which their content depends on. */
  version: number;
  /** Downloads are slow from this byte on. */
  slowFrom: number | undefined;
  /** Bytes of the downloads that began since the last `reset` and were read to their end. */
  readonly downloaded: number;
  /** The crc32c of the object of `size` bytes. */
  hashOf(size: number): string;
  crcOf(size: number): number;
  reset(): void;
  close(): void;
}

/** `count` bytes of the object that every download gives, from `position` on; its period is no power of two. */
function content(position: number, count: number, version: number): Buffer {
  const start = (position + version - 1) % block.length;
  return block.subarray(start, Math.min(block.length, start + count));
}
const block: Buffer = Buffer.alloc(1_000_003);
for (let index = 0; index < block.length; index += 1) block[index] = (index * 31 + (index >> 8)) & 255;

function crcOfContent(size: number, version: number): number {
  let crc = 0;
  for (let at = 0; at < size; ) {
    const piece = content(at, size - at, version);
    crc = crc32c(piece, crc);
    at += piece.length;
  }
  return crc;
}

const text = (crc: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes.toString('base64');
};

/**
 * API and storage in one, which keep nothing of what they take: `datasets.uploadFile`, and `datasets.download` of
 * `any/set/v1` with the size in bytes as the name of the file. Bodies of unknown length are refused.
 */
export async function startStorage(): Promise<StorageServer> {
  const sessions = new Map<string, Stored & { name: string }>();
  const uploads = new Map<string, { size: number; crc32c: string }>();
  let requests = 0;
  let downloaded = 0;
  let resets = 0;
  let peak = 0;
  let active = 0;

  async function rpc(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(String(await buffer(request)));
    if (request.url!.endsWith('StartBlobUpload')) {
      const id = String(sessions.size + 1);
      sessions.set(id, { name: body.name, size: body.contentLength ?? 0, stored: 0, crc: 0 });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ token: `token-${id}`, createUrl: `${server.url}/session/${id}` }));
    } else {
      response.writeHead(302, { location: `${server.objects}/object/${body.fileName}` }).end();
    }
  }

  async function put(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const upload = sessions.get(request.url!.split('/')[2]!)!;
    if (request.headers['content-length'] === undefined) return void response.writeHead(411).end();
    const range = /^bytes (\d+)-\d+\/\d+$/.exec(request.headers['content-range'] ?? '');
    if (range && Number(range[1]) !== upload.stored) return void response.writeHead(400).end();
    for await (const chunk of request) {
      upload.crc = crc32c(chunk, upload.crc);
      upload.stored += chunk.length;
    }
    if (upload.stored < upload.size) {
      const known = upload.stored > 0 ? { range: `bytes=0-${upload.stored - 1}` } : {};
      return void response.writeHead(308, known).end();
    }
    uploads.set(upload.name, { size: upload.stored, crc32c: text(upload.crc) });
    response.writeHead(200, { 'x-goog-hash': `crc32c=${text(upload.crc)}` }).end('{}');
  }

  async function get(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const size = Number(request.url!.split('/')[2]);
    const { version, slowFrom = size } = server;
    const since = resets;
    const etag = `"version ${version}"`;
    const condition = request.headers['if-range'];
    const range = condition === undefined || condition === etag ? request.headers.range : undefined;
    const first = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const last = Math.min(size - 1, Number(/-(\d+)$/.exec(range ?? '')?.[1] ?? size - 1));
    response.writeHead(range === undefined ? 200 : 206, {
      'content-length': last + 1 - first,
      etag,
      // Only requests that reach the server count.
      'cache-control': 'no-store',
      'x-goog-hash': `crc32c=${text(crcOfContent(size, version))}`,
      'accept-ranges': 'bytes',
      ...(range !== undefined && { 'content-range': `bytes ${first}-${last}/${size}` }),
    });
    for (let at = first; at <= last; ) {
      const isSlow = at >= slowFrom;
      if (isSlow) await new Promise((resolve) => setTimeout(resolve, 50));
      const piece = content(at, Math.min(last + 1, isSlow ? at + 65_536 : slowFrom) - at, version);
      at += piece.length;
      if (!response.write(piece)) {
        await new Promise<void>((resolve) => {
          const go = () => {
            response.off('drain', go).off('close', go);
            resolve();
          };
          response.on('drain', go).on('close', go);
        });
        if (response.destroyed) return;
      }
    }
    response.end(() => {
      if (since === resets) downloaded += last + 1 - first;
    });
  }

  const http = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'authorization, content-type, content-range, range, if-range');
    response.setHeader('access-control-allow-methods', 'GET, POST, PUT');
    response.setHeader('access-control-expose-headers', server.exposed);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    requests += 1;
    active += 1;
    peak = Math.max(peak, active);
    response.once('close', () => {
      active -= 1;
    });
    const answer = request.method === 'PUT' ? put : request.method === 'GET' ? get : rpc;
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: StorageServer = {
    url,
    objects: url,
    exposed: 'range, content-range, x-goog-hash',
    uploads,
    version: 1,
    slowFrom: undefined,
    hashOf: (size) => text(crcOfContent(size, server.version)),
    crcOf: (size) => crcOfContent(size, server.version),
    get downloaded() {
      return downloaded;
    },
    get requests() {
      return requests;
    },
    get peak() {
      return peak;
    },
    reset() {
      requests = peak = 0;
      downloaded = 0;
      resets += 1;
      uploads.clear();
    },
    close() {
      http.closeAllConnections();
      http.close();
    },
  };
  return server;
}
