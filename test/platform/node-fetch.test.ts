import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { nodePlatform } from '../../src/platform/node/index.ts';

const size = 5 * 2 ** 20 + 3;
const content = Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) & 255);
const head = (length: number, more = '') => `HTTP/1.1 200 OK\r\nETag: "x"\r\nContent-Length: ${length}\r\n${more}\r\n`;

/** A server that does to each connection what `act` says, once a request has come. */
async function serve(act: (socket: Socket, request: string) => void) {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      requests.push(String(data));
      act(socket, String(data));
    });
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a%20b?q=1`, sockets, requests };
}
const servers: { server: Server; sockets: Socket[] }[] = [];
afterEach(() => {
  vi.unstubAllGlobals();
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

const get = (url: string, init: RequestInit = {}) => nodePlatform().fetch!(new Request(url, init));
const call = (url: string, init: RequestInit = {}) =>
  nodePlatform().call!(url, { method: 'POST', headers: new Headers({ 'x-a': 'b' }), redirect: 'manual', ...init });

const packings = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotliCompressSync };
/** How a body may be framed: its headers, and what goes before and behind it. */
const framings: Record<string, (body: Uint8Array) => [headers: string, before: string, after: string]> = {
  'Content-Length': ({ length }) => [`Content-Length: ${length}`, '', ''],
  chunks: ({ length }) => ['Transfer-Encoding: chunked', `${length.toString(16)}\r\n`, '\r\n0\r\n\r\n'],
  'the end of the connection': () => ['Connection: close', '', ''],
};

describe.each(Object.entries({ 'a GET': get, 'a call': call }))('the compressed answer to %s on Node', (_, send) => {
  describe.each(Object.entries(packings))('by %s', (coding, pack) => {
    test.each(
      Object.entries(framings),
    )('is unpacked, and an error where it was truncated, framed by %s', async (_, frame) => {
      const whole = pack(content.subarray(0, 100_000));
      const answers = [whole, whole.subarray(0, -1), whole.subarray(0, whole.length >> 1), whole.subarray(0, 5)];
      const { url } = await serve((socket) => {
        const body = answers.shift()!;
        const [headers, before, after] = frame(body);
        socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding.toUpperCase()}\r\n${headers}\r\n\r\n${before}`);
        socket.write(body);
        if (after) socket.write(after);
        else if (headers.startsWith('Connection')) socket.end();
      });
      const received = new Uint8Array(await (await send(url)).arrayBuffer());
      expect(Buffer.compare(received, content.subarray(0, 100_000))).toBe(0);
      while (answers.length > 0) await expect((await send(url)).arrayBuffer()).rejects.toThrow();
    });
  });
});

describe('a GET of the storage on Node', () => {
  test('carries the path and the headers, and gives every byte to readers of any size', async () => {
    const { url, requests } = await serve((socket) => {
      socket.write(head(size));
      socket.write(content);
    });
    for (const bufferSize of [1 << 18, 1 << 20, 100_003]) {
      const response = await get(url, { headers: { range: 'bytes=0-' } });
      expect(response.headers.get('etag')).toBe('"x"');
      expect(response.url).toBe(url);
      const reader = response.body!.getReader({ mode: 'byob' });
      const all = new Uint8Array(size);
      let at = 0;
      for (let buffer = new ArrayBuffer(bufferSize); ; ) {
        const { done, value } = await reader.read(new Uint8Array(buffer));
        if (done) break;
        all.set(value, at);
        at += value.length;
        buffer = value.buffer;
      }
      expect(Buffer.compare(all.subarray(0, at), content)).toBe(0);
    }
    expect(Buffer.compare(new Uint8Array(await (await get(url)).arrayBuffer()), content)).toBe(0);
    expect(requests[0]).toMatch(/^GET \/a%20b\?q=1 HTTP\/1\.1\r\n/);
    expect(requests[0]).toContain('range: bytes=0-\r\n');
    expect(requests[0]).not.toMatch(/authorization|cookie/i);
  });

  test('what comes slowly is handed on as it comes', async () => {
    const { url, sockets } = await serve((socket) => void socket.write(`${head(6)}abc`));
    const reader = (await get(url)).body!.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('abc');
    sockets[0]!.write('def');
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('def');
    expect((await reader.read()).done).toBe(true);
  });

  test('what came before the connection broke is handed on, however late it is read', async () => {
    const { url, sockets } = await serve((socket) => {
      socket.write(head(size));
      socket.end(content.subarray(0, 50_000));
    });
    const reader = (await get(url)).body!.getReader();
    await once(sockets[0]!, 'close');
    // Until this side has seen the end, too.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { value } = await reader.read();
    expect(Buffer.compare(value!, content.subarray(0, 50_000))).toBe(0);
    await expect(reader.read()).rejects.toThrow();
  });

  test('uses its connection again', async () => {
    const { url, sockets } = await serve((socket) => void socket.write(`${head(2)}ok`));
    for (let count = 0; count < 3; count++) expect(await (await get(url)).text()).toBe('ok');
    expect(sockets).toHaveLength(1);
  });

  test('an error is an answer like any other, asked for once', async () => {
    const { url, requests } = await serve((socket) =>
      socket.write('HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nRetry-After: 7\r\n\r\nbusy'),
    );
    const response = await get(url);
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([503, '7', 'busy']);
    expect(requests).toHaveLength(1);
  });

  test('a redirect is followed, and a content encoding is undone', async () => {
    const packed = gzipSync('plain');
    const { url } = await serve((socket, request) => {
      if (request.startsWith('GET /packed')) {
        socket.write(head(packed.length, 'Content-Encoding: gzip\r\n'));
        socket.write(packed);
      } else socket.write('HTTP/1.1 302 Found\r\nLocation: /packed\r\nContent-Length: 0\r\n\r\n');
    });
    expect(await (await get(url)).text()).toBe('plain');
  });

  test('a connection that ends early is an error, before and after the head', async () => {
    const { url } = await serve((socket) => void socket.destroy());
    await expect(get(url)).rejects.toThrow();
    const { url: second } = await serve((socket) => void socket.end(`${head(100)}half`));
    await expect((await get(second)).arrayBuffer()).rejects.toThrow();
  });

  test('an abort and a cancel close the connection at once', async () => {
    const { url, sockets } = await serve((socket) => void socket.write(head(100)));
    const controller = new AbortController();
    const reading = (await get(url, { signal: controller.signal })).text();
    controller.abort(new Error('enough'));
    await expect(reading).rejects.toThrow();
    await (await get(url)).body!.cancel();
    for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
    expect(sockets).toHaveLength(2);
  });

  test('a fetch that the program has put in place of the global one is not gone round', async () => {
    const { url, requests } = await serve((socket) => void socket.write(`${head(2)}ok`));
    vi.stubGlobal('fetch', async () => new Response('mine'));
    expect(await (await get(url)).text()).toBe('mine');
    expect(requests).toHaveLength(0);
  });
});

describe('a call on Node', () => {
  test('carries its text with its length, and its answer may come compressed', async () => {
    const packed = gzipSync('{"a":1}');
    const { url, requests } = await serve((socket) => {
      socket.write(head(packed.length, 'Content-Encoding: gzip\r\n'));
      socket.write(packed);
    });
    for (const body of ['{"b":"ü"}', new TextEncoder().encode('{"b":"ü"}').buffer]) {
      const response = await call(url, { body });
      expect([response.status, response.url, await response.text()]).toEqual([200, url, '{"a":1}']);
    }
    for (const request of requests) {
      expect(request).toMatch(/^POST \/a%20b\?q=1 HTTP\/1\.1\r\n/);
      expect(request.toLowerCase()).toContain('accept-encoding: gzip\r\n');
      expect(request.toLowerCase()).toContain('x-a: b\r\n');
      expect(request.toLowerCase()).toContain('content-length: 10\r\n');
      expect(request).toMatch(/\r\n\r\n\{"b":"ü"\}$/);
    }
  });

  test('what it accepts is left to the caller, and a redirect is an answer', async () => {
    const { url, requests } = await serve((socket) =>
      socket.write('HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n'),
    );
    const response = await call(url, { headers: new Headers({ 'accept-encoding': 'identity' }) });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/elsewhere']);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/accept-encoding: identity/i);
    expect(requests[0]).toMatch(/content-length: 0/i);
  });

  test('what came before the connection broke is handed on, however late it is read', async () => {
    const { url, sockets } = await serve((socket) => {
      socket.write(head(size));
      socket.end(content.subarray(0, 50_000));
    });
    const reader = (await call(url)).body!.getReader();
    await once(sockets[0]!, 'close');
    // Until this side has seen the end, too.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const got: Uint8Array[] = [];
    for (let length = 0; length < 50_000; length += got.at(-1)!.length) got.push((await reader.read()).value!);
    expect(Buffer.compare(Buffer.concat(got), content.subarray(0, 50_000))).toBe(0);
    await expect(reader.read()).rejects.toThrow('closed');
  });

  test('is not sent again when its connection breaks', async () => {
    const { url, requests } = await serve((socket) => void socket.destroy());
    await expect(call(url, { body: 'x' })).rejects.toThrow();
    expect(requests).toHaveLength(1);
  });

  test('leaves no connection open that nobody uses', async () => {
    const { url, sockets } = await serve((socket) => void socket.write(`${head(2)}ok`));
    expect(await (await call(url, { body: 'x' })).text()).toBe('ok');
    await once(sockets[0]!, 'close');
    expect(await (await call(url, { body: 'x' })).text()).toBe('ok');
    expect(sockets).toHaveLength(2);
  });

  test('is ended by an abort, while it waits and while its answer comes', async () => {
    const { url, sockets } = await serve((socket, request) => {
      if (request.endsWith('answered')) socket.write(head(100));
    });
    const controller = new AbortController();
    const waiting = call(url, { body: 'waits', signal: controller.signal });
    const reading = (await call(url, { body: 'answered', signal: controller.signal })).text();
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow();
    await expect(reading).rejects.toThrow();
    for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
    expect(sockets).toHaveLength(2);
  });
});
