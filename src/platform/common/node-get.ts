import type { StreamAnswer, StreamGet } from '../../core/platform.ts';
import { parseHead, type ResponseHead } from './http-head.ts';
import { builtin, type NodeSocket } from './node-modules.ts';

/** Bytes that a socket is read into: more is no faster. */
const stagingSize = 1 << 18;

/** Opens the connection; what comes is put into `staging`, and `arrived` says whether more may follow. */
function connect(url: URL, staging: Uint8Array, arrived: (count: number) => boolean): NodeSocket {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const options = {
    host,
    port: Number(url.port) || (secure ? 443 : 80),
    onread: { buffer: staging, callback: arrived },
  };
  const { isIP } = builtin('node:net');
  // A name for SNI must not be an address.
  const tls = { ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 && { servername: host }) };
  return secure ? builtin('node:tls').connect({ ...options, ...tls }) : builtin('node:net').connect(options);
}

function requestHead({ pathname, search, host }: URL, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({ ...headers, host, accept: '*/*', connection: 'close' });
  return `GET ${pathname}${search} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** Whether the body can be read as it stands: a 200 or a 206 of known length, as the storage sends them. */
function lengthOf({ status, headers }: ResponseHead): number | undefined {
  const length = headers.get('content-length') ?? '';
  const plain = !headers.has('transfer-encoding') && /^\d{1,15}$/.test(length);
  return plain && (status === 200 || status === 206) ? Number(length) : undefined;
}

/**
 * A GET over a socket of its own that is read into one buffer again and again: `fetch` and node:http make a new buffer
 * of each 64 KiB, which costs Node more time and memory than everything else in a large download. For the plain case
 * only: `undefined` for a redirect, an error, or a body whose length is not announced; `fetch` asks again for those.
 * Rejects when the connection fails; `read` does so when it ends before the announced length.
 */
export function nodeGet({ url, headers, signal }: StreamGet): Promise<StreamAnswer | undefined> {
  const target = new URL(url);
  // What could end a line of the request is none of our addresses or headers.
  if (/[\r\n]/.test(Object.entries(headers).flat().join(''))) return Promise.resolve(undefined);
  signal.throwIfAborted();
  const staging = new Uint8Array(stagingSize);
  let head: Uint8Array | undefined = new Uint8Array(0);
  /** What came and nobody has read yet. */
  let held: Uint8Array = new Uint8Array(0);
  let left = 0;
  let failure: unknown;
  let waiting: { buffer: Uint8Array; filled: number; settle(error?: unknown): void } | undefined;

  return new Promise((resolve, reject) => {
    function end(error: unknown): void {
      failure ??= error;
      signal.removeEventListener('abort', stop);
      reject(failure);
      waiting?.settle(failure);
      socket.destroy();
    }
    const stop = () => end(signal.reason);
    const broken = () => end(new Error('the connection was closed'));

    /** Moves what is held into the buffer of the read. */
    function fill(): void {
      if (!waiting) return;
      const piece = held.subarray(0, waiting.buffer.length - waiting.filled);
      waiting.buffer.set(piece, waiting.filled);
      waiting.filled += piece.length;
      held = held.subarray(piece.length);
      left -= piece.length;
      if (left === 0) finish();
      if (left === 0 || waiting.filled === waiting.buffer.length) waiting.settle();
    }
    function finish(): void {
      signal.removeEventListener('abort', stop);
      socket.destroy();
    }
    function read(buffer: Uint8Array): Promise<number> {
      return new Promise((done, failed) => {
        if (left === 0) return done(0);
        if (failure !== undefined) return failed(failure);
        const mine = {
          buffer,
          filled: 0,
          settle(error?: unknown) {
            waiting = undefined;
            if (error !== undefined) failed(error);
            else done(mine.filled);
          },
        };
        waiting = mine;
        fill();
        if (waiting) socket.resume();
      });
    }
    function answer(found: ResponseHead | 'unreadable', body: Uint8Array): void {
      const length = found === 'unreadable' ? undefined : lengthOf(found);
      if (found === 'unreadable' || length === undefined) {
        finish();
        resolve(undefined);
        return;
      }
      left = length;
      held = body.slice(0, length);
      if (left === 0) finish();
      const cancel = () => end(new Error('the download was cancelled'));
      resolve({ status: found.status, headers: found.headers, read, cancel });
    }
    function arrived(count: number): boolean {
      const chunk = staging.subarray(0, count);
      if (head) {
        const all = new Uint8Array(head.length + count);
        all.set(head);
        all.set(chunk, head.length);
        head = all;
        const found = parseHead(all);
        if (found === 'incomplete') return true;
        head = undefined;
        answer(found, found === 'unreadable' ? chunk : all.subarray(found.length));
        return false;
      }
      // A runtime that hands on more although it was asked to wait: nothing of it may be lost.
      if (held.length > 0 || !waiting) {
        const both = new Uint8Array(held.length + count);
        both.set(held);
        both.set(chunk, held.length);
        held = both.subarray(0, left);
        fill();
        return false;
      }
      held = chunk.subarray(0, left);
      const mine = waiting;
      fill();
      if (!waiting) return false;
      // What else has come by now goes along; a slow connection is not waited for.
      setImmediate(() => {
        if (waiting !== mine) return;
        socket.pause();
        mine.settle();
      });
      return true;
    }

    const socket = connect(target, staging, arrived);
    signal.addEventListener('abort', stop, { once: true });
    socket.on('error', end);
    socket.on('end', broken);
    socket.on('close', broken);
    socket.write(requestHead(target, headers));
  });
}

declare function setImmediate(callback: () => void): unknown;
