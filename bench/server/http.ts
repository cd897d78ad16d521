/**
 * HTTP/1.1 on bare sockets: as fast as the machine, and in control of when a connection is read and written, which the
 * latency of a request and the bandwidth of a connection need. Bodies have a Content-Length: a chunked one is refused
 * with 411, since nobody knows whether the real storage would take it.
 */
import type { BunSocket, SocketHandlers } from './bun.ts';
import { begin, counters } from './counters.ts';
import { createPace } from './pace.ts';

export interface Head {
  method: string;
  url: URL;
  headers: Map<string, string>;
}

export interface Answer {
  status: number;
  headers?: Record<string, string | number>;
  body?: { size: number; read(at: number, length: number): Uint8Array };
}

/** What becomes of a request: `take` gets its body as it comes, `end` answers when all of it came. */
export interface Exchange {
  take(chunk: Uint8Array): void;
  end(): Answer;
}

export interface HttpOptions {
  latencyMs: number;
  bytesPerSecond: number;
  handle(head: Head): Exchange;
}

interface Connection {
  data(chunk: Uint8Array): void;
  drain(): void;
  close(): void;
}

const headEnd = Buffer.from('\r\n\r\n');

function parseHead(text: string): Head {
  const [first = '', ...lines] = text.split('\r\n');
  const [method = '', target = '/'] = first.split(' ');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { method, url: new URL(target, 'http://storage'), headers };
}

function openConnection(socket: BunSocket, options: HttpOptions): Connection {
  const pace = createPace(options.bytesPerSecond);
  const step = options.bytesPerSecond > 0 ? 64 << 10 : 1 << 20;
  const input: Uint8Array[] = [];
  let head = Buffer.alloc(0);
  let exchange: Exchange | undefined;
  let method = '';
  let left = 0;
  let sending: { body: NonNullable<Answer['body']>; at: number } | undefined;
  let waiting = false;
  let gone = false;
  let ended: () => void = () => {};

  function wait(ms: number, then: () => void): void {
    waiting = true;
    socket.pause();
    setTimeout(() => {
      waiting = false;
      if (gone) return;
      socket.resume();
      then();
    }, ms);
  }

  function send(answer: Answer): void {
    const size = answer.body?.size ?? 0;
    const lines = Object.entries({ 'content-length': size, ...answer.headers }).map(
      ([key, value]) => `${key}: ${value}\r\n`,
    );
    socket.write(`HTTP/1.1 ${answer.status} -\r\n${lines.join('')}\r\n`);
    if (answer.body && method !== 'HEAD') {
      sending = { body: answer.body, at: 0 };
      pump();
    } else ended();
  }

  function pump(): void {
    while (sending && !waiting) {
      const { body, at } = sending;
      if (at >= body.size) {
        sending = undefined;
        ended();
        consume();
        return;
      }
      const piece = body.read(at, Math.min(step, body.size - at));
      const written = socket.write(piece);
      if (written < 0) return;
      sending.at += written;
      counters.bytesOut += written;
      const ms = pace.take(written);
      if (ms > 0) wait(ms, pump);
      else if (written < piece.length) return;
    }
  }

  function takeBody(chunk: Uint8Array): void {
    const piece = chunk.length <= left ? chunk : chunk.subarray(0, left);
    if (piece.length < chunk.length) input.unshift(chunk.subarray(piece.length));
    left -= piece.length;
    counters.bytesIn += piece.length;
    exchange!.take(piece);
    const ms = pace.take(piece.length);
    if (ms > 0) wait(ms, finish);
    else finish();
  }

  function finish(): void {
    if (exchange && left === 0) {
      const answer = exchange.end();
      exchange = undefined;
      send(answer);
    }
    consume();
  }

  function takeHead(chunk: Uint8Array): void {
    head = head.length === 0 ? Buffer.from(chunk) : Buffer.concat([head, chunk]);
    const end = head.indexOf(headEnd);
    if (end < 0) return;
    const parsed = parseHead(head.subarray(0, end).toString('latin1'));
    if (head.length > end + 4) input.unshift(head.subarray(end + 4));
    head = Buffer.alloc(0);
    ended = begin();
    method = parsed.method;
    if (parsed.headers.has('transfer-encoding')) {
      send({ status: 411, headers: { connection: 'close' } });
      socket.end();
      return;
    }
    const start = () => {
      left = Number(parsed.headers.get('content-length') ?? 0);
      exchange = options.handle(parsed);
      if (parsed.headers.get('expect') === '100-continue') socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      finish();
    };
    if (options.latencyMs > 0) wait(options.latencyMs, start);
    else start();
  }

  function consume(): void {
    while (!waiting && !sending && !gone) {
      const chunk = input.shift();
      if (!chunk) return;
      if (exchange) takeBody(chunk);
      else takeHead(chunk);
    }
  }

  return {
    data(chunk) {
      input.push(chunk);
      consume();
    },
    drain: pump,
    close() {
      gone = true;
      sending = undefined;
      ended();
    },
  };
}

/** Handlers for `Bun.listen`. */
export function httpOnSockets(options: HttpOptions): SocketHandlers<Connection> {
  return {
    open(socket) {
      counters.connections++;
      socket.data = openConnection(socket, options);
    },
    data: (socket, chunk) => socket.data.data(chunk),
    drain: (socket) => socket.data?.drain(),
    close: (socket) => socket.data?.close(),
    error: (socket) => socket.data?.close(),
  };
}
