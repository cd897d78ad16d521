import { createHash } from 'node:crypto';
import type { Clock, Platform } from '../../src/core/platform.ts';
import type { KaggleClient } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { systemClock } from '../../src/core/sleep.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';

/** The effect of each byte on a CRC-32C, computed bit by bit. */
const effects = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

/** CRC-32C byte by byte: slow, and sharing nothing with the code under test. */
export function slowCrc32c(bytes: Uint8Array): string {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = effects[(crc ^ byte) & 255]! ^ (crc >>> 8);
  const value = Buffer.alloc(4);
  value.writeUInt32BE(~crc >>> 0);
  return value.toString('base64');
}

export function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}

/** Bytes that differ from place to place, so that a shifted or repeated piece shows. */
export function sample(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = seed;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state;
  }
  const bytes = new Uint8Array(words.buffer);
  return bytes.length === length ? bytes : bytes.slice(0, length);
}

export interface Upload {
  name: string;
  total: number;
  stored: Uint8Array;
  done: boolean;
  request: Record<string, unknown>;
}

/** One request as the server saw it. */
export interface Seen {
  method: string;
  path: string;
  range: string | null;
  length: number;
  headers: Headers;
  json?: Record<string, unknown>;
}

/**
 * What goes wrong with a request: an answer instead of the real one (after the first `keep` bytes of its body were
 * stored), or a lost connection.
 */
export type Fault = {
  keep?: number;
  status?: number;
  headers?: Record<string, string>;
  /** Of the answer with that status. */
  body?: string;
  lost?: boolean;
  stall?: boolean;
};

export interface FakeServer {
  client: KaggleClient;
  uploads: Map<string, Upload>;
  seen: Seen[];
  /** How long the client has waited, each time, in milliseconds: it takes no time. */
  pauses: number[];
  /** Answers of RPCs by method name. */
  rpc: Record<string, (request: Record<string, unknown>) => unknown>;
  /** Objects by path of the storage: what a GET answers. */
  objects: Map<string, (request: Request) => Response | Promise<Response>>;
  /** Asked for each PUT in turn; `undefined` for none. */
  fault?: (put: { count: number; query: boolean; upload: Upload }) => Fault | undefined;
  hash: 'crc32c' | 'md5' | 'json' | 'wrong' | 'none';
  puts(): Seen[];
}

const json = (value: unknown, status = 200) => Response.json(value, { status });

/** A server that speaks the upload protocol, in memory. */
export function fakeServer(
  options: { platform?: Partial<Platform>; files?: Record<string, string | Uint8Array> } = {},
): FakeServer {
  const uploads = new Map<string, Upload>();
  const seen: Seen[] = [];
  const pauses: number[] = [];
  const clock: Clock = {
    ...systemClock,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      pauses.push(ms);
    },
  };
  let puts = 0;
  const server: FakeServer = {
    uploads,
    seen,
    pauses,
    rpc: {},
    objects: new Map(),
    hash: 'crc32c',
    puts: () => seen.filter((entry) => entry.method === 'PUT'),
    client: undefined as unknown as KaggleClient,
  };

  function finish(upload: Upload): Response {
    upload.done = true;
    const bytes = upload.stored;
    if (server.hash === 'json') return json({ crc32c: slowCrc32c(bytes), md5Hash: md5(bytes) });
    const sums = {
      crc32c: () => `crc32c=${slowCrc32c(bytes)},md5=AAAA`,
      md5: () => `md5=${md5(bytes)}`,
      wrong: () => 'crc32c=AAAAAA==',
      none: () => '',
    };
    const hash = sums[server.hash]();
    return new Response('{}', { headers: hash ? { 'x-goog-hash': hash } : {} });
  }

  async function put(request: Request, upload: Upload): Promise<Response> {
    const body = new Uint8Array(await request.arrayBuffer());
    const range = request.headers.get('content-range');
    const query = range?.startsWith('bytes */') ?? false;
    seen.push({
      method: 'PUT',
      path: new URL(request.url).pathname,
      range,
      length: body.length,
      headers: request.headers,
    });
    const fault = server.fault?.({ count: ++puts, query, upload });
    const from = query ? upload.stored.length : Number(/^bytes (\d+)-/.exec(range ?? 'bytes 0-')?.[1]);
    if (!query) {
      const kept = body.subarray(0, fault?.keep ?? (fault ? 0 : body.length));
      if (from !== upload.stored.length && kept.length > 0) {
        if (from > upload.stored.length) throw new Error(`a gap: ${from} after ${upload.stored.length}`);
        upload.stored = upload.stored.slice(0, from);
      }
      if (kept.length > 0) upload.stored = new Uint8Array(Buffer.concat([upload.stored, kept]));
    }
    if (fault?.stall) {
      return new Promise((_, reject) => {
        request.signal.addEventListener('abort', () => reject(request.signal.reason));
      });
    }
    if (fault?.lost) throw new TypeError('fetch failed');
    if (fault?.status) return new Response(fault.body ?? null, { status: fault.status, headers: fault.headers });
    if (upload.stored.length === upload.total && (upload.total > 0 || !query)) return finish(upload);
    const stored = upload.stored.length;
    return new Response(null, { status: 308, headers: stored ? { range: `bytes=0-${stored - 1}` } : {} });
  }

  async function fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (url.host === 'storage.test' && request.method === 'PUT') {
      const upload = uploads.get(url.pathname);
      if (upload) return put(request, upload);
      await request.arrayBuffer();
      seen.push({ method: 'PUT', path: url.pathname, range: null, length: 0, headers: request.headers });
      return new Response(null, { status: 404 });
    }
    if (url.host === 'storage.test') {
      seen.push({
        method: 'GET',
        path: url.pathname,
        range: request.headers.get('range'),
        length: 0,
        headers: request.headers,
      });
      return (await server.objects.get(url.pathname)?.(request)) ?? new Response('gone', { status: 404 });
    }
    const method = url.pathname.split('/').pop()!;
    const body = (await request.json()) as Record<string, unknown>;
    seen.push({
      method,
      path: url.pathname,
      range: request.headers.get('range'),
      length: 0,
      headers: request.headers,
      json: body,
    });
    const handler = server.rpc[method];
    if (handler) {
      const answer = await handler(body);
      return answer instanceof Response ? answer : json(answer);
    }
    if (method === 'StartBlobUpload' || method === 'UploadDatasetFile') {
      const id = `/upload/${uploads.size + 1}`;
      const name = String(body.name ?? body.fileName);
      uploads.set(id, {
        name,
        total: Number(body.contentLength ?? 0),
        stored: new Uint8Array(0),
        done: false,
        request: body,
      });
      return json({ token: `token-${name}-${uploads.size}`, createUrl: `https://storage.test${id}?upload_id=secret` });
    }
    return json({ code: 404, message: 'not found' }, 404);
  }

  const memory = memoryPlatform({ files: options.files });
  server.client = createClient({
    token: 'KGAT_test',
    endpoint: 'https://api.test',
    fetch,
    retry: false,
    platform: { ...memory, concurrency: 4, clock, ...options.platform },
  });
  return server;
}
