import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request, as the storage saw it. */
export interface Asked {
  range: string | undefined;
  /** Bytes of the body that were sent. */
  sent: number;
}

export interface ArchiveServer {
  readonly url: string;
  readonly asked: Asked[];
  /** What is served; may be replaced. */
  object: { data: Uint8Array; etag: string };
  /** Whether Range is answered; default `true`. */
  ranges: boolean;
  /** The connection is cut after that many bytes of the body; asked for each request. */
  cut?: (request: { count: number; start: number }) => number | undefined;
  /** An answer instead of the body. */
  status?: (count: number) => number | undefined;
  /** Waits before each 64 KiB. */
  pace?: () => Promise<void>;
  close(): Promise<void>;
}

function parseRange(request: IncomingMessage, size: number): [number, number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '');
  if (!match) return undefined;
  if (match[1] === '') return [Math.max(0, size - Number(match[2])), size];
  return [Number(match[1]), match[2] ? Math.min(size, Number(match[2]) + 1) : size];
}

/** A storage with one object, over a real socket. */
export async function serveArchive(data: Uint8Array): Promise<ArchiveServer> {
  const asked: Asked[] = [];
  const http = createServer(async (request, response) => {
    const { data, etag } = server.object;
    const seen: Asked = { range: request.headers.range, sent: 0 };
    asked.push(seen);
    const count = asked.length;
    const status = server.status?.(count);
    if (status) {
      response.writeHead(status).end();
      return;
    }
    const condition = request.headers['if-range'];
    const range =
      server.ranges && (condition === undefined || condition === etag) ? parseRange(request, data.length) : undefined;
    const [start, end] = range ?? [0, data.length];
    response.writeHead(range ? 206 : 200, {
      etag,
      'content-length': end - start,
      ...(range && { 'content-range': `bytes ${start}-${end - 1}/${data.length}` }),
    });
    const cut = server.cut?.({ count, start });
    let gone = false;
    let wake = () => {};
    response.on('close', () => {
      gone = true;
      wake();
    });
    for (let at = start; at < end && !gone; ) {
      await server.pace?.();
      const stop = Math.min(end, at + 65_536, cut === undefined ? end : start + cut);
      const chunk = data.subarray(at, stop);
      at = stop;
      // Called when the bytes have gone out; a connection that is closed calls nobody.
      await new Promise<void>((resolve) => {
        wake = resolve;
        response.write(chunk, () => resolve());
      });
      seen.sent += chunk.length;
      if (cut !== undefined && at === start + cut && at < end) {
        response.destroy();
        return;
      }
    }
    response.end();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: ArchiveServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/archive.zip?X-Goog-Signature=secret`,
    asked,
    object: { data, etag: '"1"' },
    ranges: true,
    close: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}
