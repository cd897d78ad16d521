import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { makeDataset, quiet, rpc } from './support.ts';

const hello = 'api.v1.DiagnosticsService/Hello';

describe('which requests a fault applies to', () => {
  test('by method, with and without its service, a number of times, after others', async () => {
    const emulator = quiet({ faults: [{ kind: 'status', match: { method: 'Hello' }, after: 1, times: 2 }] });
    const answers = [];
    for (let index = 0; index < 5; index++) answers.push((await rpc(emulator, hello)).status);
    expect(answers).toEqual([200, 500, 500, 200, 200]);
    emulator.faults.add({ kind: 'status', match: { method: hello } });
    expect((await rpc(emulator, 'kernels.KernelsApiService/ListKernels')).status).toBe(200);
    expect((await rpc(emulator, hello)).status).toBe(500);
  });

  test('by verb and path, as a part or a pattern; what waits can be seen and cleared', async () => {
    const emulator = quiet();
    emulator.faults.add({ kind: 'status', status: 503, match: { verb: 'get', path: '/download/' } });
    emulator.faults.add({ kind: 'status', status: 502, match: { path: /Hello$/ } });
    expect((await rpc(emulator, hello)).status).toBe(502);
    expect((await emulator.fetch(new Request('http://a/download/x'))).status).toBe(503);
    emulator.faults.add({ kind: 'html' });
    expect(emulator.faults.pending).toEqual([{ kind: 'html' }]);
    emulator.faults.clear();
    expect((await rpc(emulator, hello)).status).toBe(200);
  });
});

describe('answers that replace the real one, and do nothing else', () => {
  const save = (fault: Parameters<ReturnType<typeof quiet>['faults']['add']>[0]) => {
    const emulator = quiet({ faults: [fault] });
    const request = new Request('http://a/v1/kernels.KernelsApiService/SaveKernel', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer KGAT_test' },
      body: JSON.stringify({ newTitle: 'Some job', text: '' }),
    });
    return emulator.fetch(request).then(async (response) => {
      expect(emulator.state.kernels.size).toBe(0);
      return { status: response.status, headers: response.headers, text: await response.text() };
    });
  };

  test('status, with headers and a body of its own', async () => {
    const plain = await save({ kind: 'status', status: 503 });
    expect([plain.status, JSON.parse(plain.text).code]).toEqual([503, 503]);
    const own = await save({ kind: 'status', status: 429, headers: { 'retry-after': '2' }, body: { code: 9 } });
    expect([own.status, own.headers.get('retry-after'), own.text]).toEqual([429, '2', '{"code":9}']);
  });

  test('html, empty, brokenJson, redirect', async () => {
    const html = await save({ kind: 'html', status: 502 });
    expect([html.status, html.headers.get('content-type'), html.text.slice(0, 9)]).toEqual([
      502,
      'text/html',
      '<!DOCTYPE',
    ]);
    expect(await save({ kind: 'empty' })).toMatchObject({ status: 200, text: '' });
    const broken = (await save({ kind: 'brokenJson' })).text;
    expect(() => JSON.parse(broken)).toThrow();
    const redirect = await save({ kind: 'redirect', status: 307, location: 'http://b/' });
    expect([redirect.status, redirect.headers.get('location')]).toEqual([307, 'http://b/']);
  });
});

describe('on real connections', () => {
  let server: ServedEmulator;
  let address: string;
  const content = 'x'.repeat(200_000);
  beforeAll(async () => {
    server = await serveEmulator({ executor: scriptedExecutor(() => {}), lag: 0, processing: 0 });
  });
  afterAll(() => server.close());
  /** The served emulator without its sockets: its addresses are the only ones that it answers to. */
  const inside = {
    fetch: (request: Request) =>
      server.emulator.fetch(new Request(request.url.replace('https://api.kaggle.com', server.url), request)),
    get state() {
      return server.emulator.state;
    },
  };
  beforeEach(async () => {
    await server.emulator.reset();
    await makeDataset(inside, { 'a.txt': content });
    const request = { ownerSlug: 'alice', datasetSlug: 'my-data', fileName: 'a.txt' };
    const { headers } = await rpc(inside, 'datasets.DatasetApiService/DownloadDataset', request);
    address = headers.get('location')!;
  });

  /** What arrives on the wire after the head of the answer; `until` says when enough is there. */
  function raw(
    url: string,
    until: (body: string) => boolean = () => false,
  ): Promise<{ head: string; body: string; cut: boolean }> {
    const { hostname, port, pathname, search, host } = new URL(url);
    return new Promise((resolve) => {
      let seen = '';
      const socket = connect(Number(port), hostname);
      const finish = (cut: boolean) => {
        socket.destroy();
        const [head = '', body = ''] = seen.split('\r\n\r\n', 2);
        resolve({ head, body, cut });
      };
      socket.on('data', (chunk) => {
        seen += chunk.toString('latin1');
        const body = seen.split('\r\n\r\n', 2)[1];
        if (body !== undefined && until(body)) setTimeout(() => finish(false), 50);
      });
      socket.on('error', () => {});
      socket.on('close', () => finish(true));
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    });
  }

  test.each([0, 1, 65_536, 100_000, 199_999])('drop after %i bytes of the answer', async (bytes) => {
    server.emulator.faults.add({ kind: 'drop', bytes, match: { path: '/download/' } });
    const { head, body, cut } = await raw(address);
    expect([head.startsWith('HTTP/1.1 200'), body.length, cut]).toEqual([true, bytes, true]);
  });

  test('drop of an answer without a body, and of an empty file', async () => {
    server.emulator.faults.add({ kind: 'drop', match: { path: '/download/' } });
    await expect(fetch(address, { method: 'HEAD' })).rejects.toThrow();
    expect(await (await fetch(address)).text()).toHaveLength(200_000);
  });

  test.each([0, 1, 70_000])('stall after %i bytes: the connection stays open, nothing comes', async (bytes) => {
    server.emulator.faults.add({ kind: 'stall', bytes, match: { path: '/download/' } });
    const { body, cut } = await raw(address, (text) => text.length >= bytes);
    expect([body.length, cut]).toEqual([bytes, false]);
  });

  test('flip changes one byte', async () => {
    server.emulator.faults.add({ kind: 'flip', bytes: 150_000, match: { path: '/download/' } });
    const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
    const changed = [...bytes].flatMap((byte, index) => (byte === 0x78 ? [] : [index]));
    expect([bytes.length, changed]).toEqual([200_000, [150_000]]);
  });

  test('wrongHash leaves the bytes and changes the header', async () => {
    const right = (await raw(address, (text) => text.length === 200_000)).head;
    server.emulator.faults.add({ kind: 'wrongHash', match: { path: '/download/' } });
    const response = await fetch(address);
    expect(await response.text()).toBe(content);
    expect(response.headers.get('x-goog-hash')).toBe('crc32c=AAAAAA==,md5=AAAAAAAAAAAAAAAAAAAAAA==');
    expect(right).toContain('x-goog-hash: crc32c=');
    expect(right).not.toContain('AAAAAA==');
  });

  const begin = async () => {
    const request = { type: 'DATASET', name: 'b', contentLength: 200_000 };
    return (await rpc(inside, 'blobs.BlobApiService/StartBlobUpload', request)).json.createUrl as string;
  };
  const stored = async (url: string) => {
    const headers = { 'content-range': 'bytes */200000' };
    const response = await fetch(url, { method: 'PUT', headers, redirect: 'manual' });
    return [response.status, response.headers.get('range')];
  };

  test.each([
    [0, null],
    [1, 'bytes=0-0'],
    [100_000, 'bytes=0-99999'],
  ])('drop after %i bytes of the request: they are stored', async (bytes, range) => {
    const url = await begin();
    server.emulator.faults.add({ kind: 'drop', on: 'request', bytes, match: { verb: 'PUT' } });
    await expect(fetch(url, { method: 'PUT', body: content })).rejects.toThrow();
    expect(await stored(url)).toEqual([308, range]);
  });

  test('lostAnswer: the bytes are stored', async () => {
    const url = await begin();
    server.emulator.faults.add({ kind: 'lostAnswer', match: { verb: 'PUT' } });
    await expect(fetch(url, { method: 'PUT', body: content })).rejects.toThrow();
    expect((await stored(url))[0]).toBe(200);
  });

  test('lostAnswer of an RPC: done, but nobody is told', async () => {
    server.emulator.faults.add({ kind: 'lostAnswer', match: { method: 'SaveKernel' } });
    const save = fetch(`${server.url}/v1/kernels.KernelsApiService/SaveKernel`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer KGAT_test' },
      body: JSON.stringify({ newTitle: 'Some job', text: '' }),
    });
    await expect(save).rejects.toThrow();
    expect(server.emulator.state.kernels.size).toBe(1);
  });

  test('commitLess stores less than was sent; expiredSession is gone for good', async () => {
    const url = await begin();
    server.emulator.faults.add({ kind: 'commitLess', bytes: 5, match: { verb: 'PUT' } });
    const less = await fetch(url, { method: 'PUT', body: content, redirect: 'manual' });
    expect([less.status, less.headers.get('range')]).toEqual([308, 'bytes=0-4']);
    server.emulator.faults.add({ kind: 'expiredSession', match: { verb: 'PUT' } });
    expect((await stored(url))[0]).toBe(410);
    expect((await stored(url))[0]).toBe(410);
  });
});
