import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the storage does with one PUT instead of what it should: */
export type Trouble =
  /** Breaks the connection off after so many bytes of the body, which it keeps. */
  | { kind: 'cut'; after: number }
  /** Reads no more after so many bytes, which it keeps; it takes the request for a live one until another has come. */
  | { kind: 'hang'; after: number }
  /** Takes it all, and has lost everything afterwards. */
  | { kind: 'forget' }
  /** The session has expired. */
  | { kind: 'expire' };

interface Session {
  total: number;
  bytes: Buffer;
  done: boolean;
  /** Connections whose PUT is under way. */
  busy: Set<IncomingMessage>;
}

export interface ObservedStorage {
  readonly url: string;
  /** `StartBlobUpload`, and of each PUT its Content-Range (`all` without one) and how it was answered (`cut`: not at all). */
  readonly seen: string[];
  /** What goes wrong, by the number of the PUT with data, from 1. */
  readonly troubles: Map<number, Trouble>;
  /** Bytes of the objects that were stored. */
  readonly objects: Buffer[];
  close(): Promise<void>;
}

/** As Google's storage was seen to answer an upload: bytes in order, one request at a time, else the connection is cut. */
export async function observedStorage(): Promise<ObservedStorage> {
  const sessions = new Map<string, Session>();
  const seen: string[] = [];
  const troubles = new Map<number, Trouble>();
  const objects: Buffer[] = [];
  let puts = 0;
  let url = '';

  function start(request: IncomingMessage, response: ServerResponse): void {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      seen.push('StartBlobUpload');
      const { type, contentLength = 0 } = JSON.parse(text) as { type?: string; contentLength?: number };
      if (!type) return void response.writeHead(400).end('{"error":{"code":400,"message":"Bad Request"}}');
      const id = `ABg5${sessions.size}`;
      sessions.set(id, { total: contentLength, bytes: Buffer.alloc(0), done: false, busy: new Set() });
      const createUrl = `${url}/upload/storage/v1/b/kaggle-data-sets/o?uploadType=resumable&upload_id=${id}`;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ token: `eyJhbGciOiJkaXIiLCJlbmMi.${id}`, createUrl }));
    });
  }

  function finish(session: Session): string {
    session.done = true;
    objects.push(session.bytes);
    return JSON.stringify({
      kind: 'storage#object',
      bucket: 'kaggle-data-sets',
      size: String(session.bytes.length),
      md5Hash: createHash('md5').update(session.bytes).digest('base64'),
      timeFinalized: new Date().toISOString(),
    });
  }

  function put(request: IncomingMessage, response: ServerResponse, id: string): void {
    const range = request.headers['content-range'];
    const answer = (status: number, headers: Record<string, string> = {}, body = '') => {
      seen.push(`${range ?? 'all'}: ${status}`);
      response.writeHead(status, headers).end(body);
    };
    const cut = (...others: IncomingMessage[]) => {
      seen.push(`${range ?? 'all'}: cut`);
      for (const one of [request, ...others]) one.socket.destroy();
    };
    const session = sessions.get(id);
    if (!session) {
      answer(404);
      return;
    }
    const stored = (): Record<string, string> =>
      session.bytes.length ? { range: `bytes=0-${session.bytes.length - 1}` } : {};
    if (range?.startsWith('bytes */')) {
      if (session.done) answer(200, {}, finish(session));
      else answer(308, stored());
      return;
    }
    const from = Number(/^bytes (\d+)-/.exec(range ?? 'bytes 0-')?.[1]);
    const trouble = troubles.get(++puts);
    const others = [...session.busy];
    const inOrder = from === session.bytes.length;
    if (trouble?.kind === 'expire' || others.length > 0 || !inOrder) {
      session.busy.clear();
      if (trouble?.kind === 'expire') sessions.delete(id);
      if (trouble?.kind === 'expire') answer(404);
      else if (others.length === 0 && session.bytes.length === 0) answer(400);
      else cut(...others);
      return;
    }
    session.busy.add(request);
    const keep = trouble?.kind === 'cut' || trouble?.kind === 'hang' ? trouble.after : Number.POSITIVE_INFINITY;
    let taken = 0;
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => {
      const part = chunk.subarray(0, keep - taken);
      taken += part.length;
      session.bytes = Buffer.concat([session.bytes, part]);
      if (taken < keep) return;
      if (trouble?.kind === 'hang') request.pause();
      else {
        session.busy.delete(request);
        cut();
      }
    });
    request.on('end', () => {
      session.busy.delete(request);
      const whole = session.bytes.length === session.total;
      const said = stored();
      if (trouble?.kind === 'forget') session.bytes = Buffer.alloc(0);
      if (whole) answer(200, {}, finish(session));
      else answer(308, said);
    });
  }

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname.endsWith('/blobs.BlobApiService/StartBlobUpload')) start(request, response);
    else put(request, response, searchParams.get('upload_id') ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seen,
    troubles,
    objects,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
