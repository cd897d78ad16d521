import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import type { StreamAnswer } from '../../src/core/platform.ts';
import { parseHead } from '../../src/platform/common/http-head.ts';
import { nodeGet } from '../../src/platform/common/node-get.ts';
import { cert, key } from '../transfer/self-signed.ts';

const text = (value: string) => new TextEncoder().encode(value);

describe('the head of a response', () => {
  const head = (value: string) => parseHead(text(value));

  test('status, headers and where the body begins', () => {
    const value =
      'HTTP/1.1 206 Partial Content\r\nETag: "a b"\r\nx-goog-hash: crc32c=AA==\r\nX-Goog-Hash: md5=BB==\r\n\r\nbody';
    const found = parseHead(text(value));
    if (typeof found === 'string') throw new Error(found);
    expect(found.status).toBe(206);
    expect(found.headers.get('etag')).toBe('"a b"');
    expect(found.headers.get('x-goog-hash')).toBe('crc32c=AA==, md5=BB==');
    expect(value.slice(found.length)).toBe('body');
  });

  test('is incomplete until its empty line is there, at every cut', () => {
    const value = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
    for (let cut = 0; cut < value.length; cut++) expect(head(value.slice(0, cut))).toBe('incomplete');
    expect(head(value)).toMatchObject({ status: 200, length: value.length });
  });

  test('interim answers are passed over', () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n';
    expect(head(interim)).toBe('incomplete');
    expect(head(`${interim}HTTP/1.1 200 OK\r\n\r\n`)).toMatchObject({ status: 200 });
  });

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n'],
    ['a status that is none', 'HTTP/1.1 999 Hm\r\n\r\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\na: b\r\n c\r\n\r\n'],
    ['a line without a colon', 'HTTP/1.1 200 OK\r\nabc\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\ncontent-length : 4\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\nContent-Length: 5\r\n\r\n'],
    ['a head without an end', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(70_000)}`],
  ])('%s is left to others', (_, value) => {
    expect(head(value)).toBe('unreadable');
  });
});

const size = 5 * 2 ** 20 + 3;
const content = Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) & 255);
const ok = (length: number) => text(`HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: ${length}\r\n\r\n`);

/** A server that does to each connection what `act` says, once the request has come. */
async function serve(act: (socket: Socket, request: string) => void, secure = false) {
  const sockets: Socket[] = [];
  const take = (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', (data) => act(socket, String(data)));
  };
  const server: Server = secure ? createSecureServer({ key, cert }, take) : createServer(take);
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http${secure ? 's' : ''}://127.0.0.1:${(server.address() as AddressInfo).port}/a%20b?q=1`, sockets };
}
const servers: { server: Server; sockets: Socket[] }[] = [];
afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

const get = (url: string, signal = new AbortController().signal, headers: Record<string, string> = {}) =>
  nodeGet({ url, headers, signal });

async function readAll(answer: StreamAnswer | undefined, bufferSize = 1 << 18): Promise<Uint8Array> {
  const all = new Uint8Array(size);
  const buffer = new Uint8Array(bufferSize);
  let at = 0;
  for (;;) {
    const count = await answer!.read(buffer);
    if (count === 0) return all.subarray(0, at);
    all.set(buffer.subarray(0, count), at);
    at += count;
  }
}

describe('a GET over a socket of its own', () => {
  test('carries the path and the headers, and gives every byte to buffers of any size', async () => {
    let seen = '';
    const { url } = await serve((socket, request) => {
      seen = request;
      socket.write(ok(size));
      socket.write(content);
    });
    for (const bufferSize of [1 << 18, 1 << 20, 100_003]) {
      const answer = await get(url, undefined, { range: 'bytes=0-' });
      expect(answer).toMatchObject({ status: 200 });
      expect(answer!.headers.get('etag')).toBe('"x"');
      expect(Buffer.compare(await readAll(answer, bufferSize), content)).toBe(0);
      expect(await answer!.read(new Uint8Array(1))).toBe(0);
    }
    expect(seen).toMatch(/^GET \/a%20b\?q=1 HTTP\/1\.1\r\n/);
    expect(seen).toContain('range: bytes=0-\r\n');
    expect(seen).toMatch(/host: 127\.0\.0\.1:\d+\r\n/);
    expect(seen).not.toMatch(/authorization|cookie/i);
  });

  test('the head may come byte by byte, and what comes slowly is handed on as it comes', async () => {
    const { url } = await serve(async (socket) => {
      socket.setNoDelay(true);
      for (const byte of ok(6)) {
        socket.write(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      socket.write('abc');
    });
    const answer = await get(url);
    const buffer = new Uint8Array(100);
    let at = 0;
    while (at < 3) at += await answer!.read(buffer.subarray(at));
    expect(new TextDecoder().decode(buffer.subarray(0, at))).toBe('abc');
    servers.at(-1)!.sockets[0]!.write('def');
    expect(await answer!.read(buffer)).toBe(3);
    expect(await answer!.read(buffer)).toBe(0);
  });

  test('over TLS it asks for the certificate of the host', async () => {
    const { url } = await serve((socket) => {
      socket.write(ok(size));
      socket.write(content);
    }, true);
    await expect(get(url)).rejects.toThrow(/self-signed|certificate/);
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      expect(Buffer.compare(await readAll(await get(url)), content)).toBe(0);
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  test.each([
    ['a redirect', 'HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n'],
    ['an error', 'HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy'],
    ['a body of unknown length', 'HTTP/1.1 200 OK\r\n\r\nabc'],
    ['a chunked body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
    ['what is no HTTP', 'hello\r\n\r\n'],
  ])('%s is left to fetch, and the connection closed', async (_, answer) => {
    const { url, sockets } = await serve((socket) => void socket.write(answer));
    expect(await get(url)).toBeUndefined();
    if (!sockets[0]!.destroyed) await once(sockets[0]!, 'close');
  });

  test('a header that would end a line is not sent', async () => {
    const { url, sockets } = await serve(() => undefined);
    expect(await get(url, undefined, { 'if-range': '"a"\r\nx: y' })).toBeUndefined();
    expect(sockets).toHaveLength(0);
  });

  test('a connection that ends early is an error, before and after the head', async () => {
    const { url } = await serve((socket) => void socket.destroy());
    await expect(get(url)).rejects.toThrow();
    const { url: second } = await serve((socket) => {
      socket.write(ok(100));
      socket.end('half');
    });
    const answer = await get(second);
    await expect(readAll(answer)).rejects.toThrow('the connection was closed');
  });

  test('nobody there is an error', async () => {
    const { url } = await serve(() => undefined);
    const { server } = servers.pop()!;
    await new Promise((resolve) => server.close(resolve));
    await expect(get(url)).rejects.toThrow(/ECONNREFUSED/);
  });

  test('an abort ends the read with its reason and closes the connection at once', async () => {
    const { url, sockets } = await serve((socket) => void socket.write(ok(100)));
    const controller = new AbortController();
    const answer = await get(url, controller.signal);
    const reading = answer!.read(new Uint8Array(10));
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    if (!sockets[0]!.destroyed) await once(sockets[0]!, 'close');
  });

  test('bytes beyond the announced length are not handed on', async () => {
    const { url } = await serve((socket) => {
      socket.write(ok(3));
      socket.write('abcdef');
    });
    const buffer = new Uint8Array(10);
    const answer = await get(url);
    expect(await answer!.read(buffer)).toBe(3);
    expect(await answer!.read(buffer)).toBe(0);
  });
});
