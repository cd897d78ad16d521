import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Fault, type ServedEmulator, scriptedExecutor, serveEmulator } from '../../src/testing/index.ts';
import { makeDataset, rpc } from './support.ts';

/** What a bare fetch sees of each kind of fault, over real sockets. */
let server: ServedEmulator;
const size = 200_000;
const content = Array.from({ length: size }, (_, index) => 'abcdefghijklmnopqrstuvw'[index % 23]).join('');

beforeAll(async () => {
  server = await serveEmulator({
    executor: scriptedExecutor(() => ({ files: [{ name: 'out.txt', data: new TextEncoder().encode('old') }] })),
    lag: 0,
    processing: 0,
  });
});
afterAll(() => server.close());

/** The served emulator without its sockets. */
const inside = {
  fetch: (request: Request) =>
    server.emulator.fetch(new Request(request.url.replace('https://api.kaggle.com', server.url), request)),
  get state() {
    return server.emulator.state;
  },
};
const fault = (rule: Fault) => server.emulator.faults.add(rule);
const toApi = (method: string, body: object = {}) =>
  fetch(`${server.url}/v1/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer KGAT_test' },
    body: JSON.stringify(body),
    redirect: 'manual',
  });
const hello = () => toApi('api.v1.DiagnosticsService/Hello');
const save = () => toApi('kernels.KernelsApiService/SaveKernel', { newTitle: 'Some job', text: '' });

beforeEach(() => server.emulator.reset());

describe('any request', () => {
  test('refuse: no answer, nothing done', async () => {
    fault({ kind: 'refuse', match: { method: 'SaveKernel' } });
    await expect(save()).rejects.toThrow('fetch failed');
    expect(server.emulator.state.kernels.size).toBe(0);
    expect((await save()).status).toBe(200);
  });

  test('refuse for a while: nobody listens, and afterwards somebody does again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    fault({ kind: 'refuse', seconds: 60 });
    await expect(hello()).rejects.toThrow('fetch failed');
    const code = () =>
      hello().then(
        () => '',
        ({ cause }) => cause?.code as string,
      );
    await expect.poll(code, { interval: 1 }).toBe('ECONNREFUSED');
    vi.advanceTimersByTime(60_000);
    await expect
      .poll(() =>
        hello().then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });

  test('slow: the answer comes late', async () => {
    fault({ kind: 'slow', seconds: 0.3 });
    const started = performance.now();
    expect((await hello()).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(290);
  });

  test('stall of an answer: its head, then nothing; of a request: nothing at all, and nothing done', async () => {
    fault({ kind: 'stall', match: { method: 'Hello' } });
    const answer = await hello();
    expect(answer.status).toBe(200);
    await expect(Promise.race([answer.text(), tooLong(100)])).rejects.toThrow('waited long enough');
    await answer.body?.cancel().catch(() => {});
    fault({ kind: 'stall', on: 'request', match: { method: 'SaveKernel' } });
    await expect(Promise.race([save(), tooLong(100)])).rejects.toThrow('waited long enough');
    expect(server.emulator.state.kernels.size).toBe(0);
  });

  test('drop of a request: an RPC is not carried out', async () => {
    fault({ kind: 'drop', on: 'request', match: { method: 'SaveKernel' } });
    await expect(save()).rejects.toThrow('fetch failed');
    expect(server.emulator.state.kernels.size).toBe(0);
  });

  test.each([
    ['before', 0],
    ['during', 0],
    ['after', 1],
  ] as const)('status %s the work: %i kernels', async (when, kernels) => {
    fault({ kind: 'status', status: 503, when, match: { method: 'SaveKernel' } });
    expect((await save()).status).toBe(503);
    expect(server.emulator.state.kernels.size).toBe(kernels);
  });

  test('rateLimit, with and without Retry-After', async () => {
    fault({ kind: 'rateLimit' });
    fault({ kind: 'rateLimit', seconds: 7 });
    const answers = [await hello(), await hello()];
    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [429, null],
      [429, '7'],
    ]);
    expect(await answers[0]!.json()).toEqual({ code: 429, message: 'injected 429' });
  });

  test('redirectLoop: to itself, without an end', async () => {
    fault({ kind: 'redirectLoop', match: { method: 'Hello' } });
    for (let index = 0; index < 3; index++) {
      const { status, headers } = await hello();
      expect([status, headers.get('location')]).toEqual([302, `${server.url}/v1/api.v1.DiagnosticsService/Hello`]);
    }
  });
});

function tooLong(ms: number): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('waited long enough')), ms));
}

describe('uploads', () => {
  const begin = async () => {
    const request = { type: 'DATASET', name: 'b', contentLength: size };
    return (await rpc(inside, 'blobs.BlobApiService/StartBlobUpload', request)).json.createUrl as string;
  };
  const put = (url: string, from = 0) => {
    const headers = { 'content-range': `bytes ${from}-${size - 1}/${size}` };
    return fetch(url, { method: 'PUT', body: content.slice(from), headers, redirect: 'manual' });
  };
  const query = async (url: string) => {
    const headers = { 'content-range': `bytes */${size}` };
    const { status, headers: answer } = await fetch(url, { method: 'PUT', headers, redirect: 'manual' });
    return [status, answer.get('range')];
  };
  const bytes = () => new TextDecoder().decode([...server.emulator.state.uploads.values()].at(-1)!.bytes.whole());

  test.each([0, 1, 65_536, size - 1])('status in the middle: %i bytes are kept', async (kept) => {
    const url = await begin();
    fault({ kind: 'status', when: 'during', bytes: kept, match: { verb: 'PUT' } });
    expect((await put(url)).status).toBe(500);
    expect(await query(url)).toEqual([308, kept === 0 ? null : `bytes=0-${kept - 1}`]);
    expect((await put(url, kept)).status).toBe(200);
    expect(bytes()).toBe(content);
  });

  test('status before and after: nothing, and all', async () => {
    const url = await begin();
    fault({ kind: 'status', status: 502, match: { puts: 'data' } });
    expect((await put(url)).status).toBe(502);
    expect(await query(url)).toEqual([308, null]);
    fault({ kind: 'status', status: 503, when: 'after', match: { puts: 'data' } });
    expect((await put(url)).status).toBe(503);
    expect((await query(url))[0]).toBe(200);
    expect(bytes()).toBe(content);
  });

  test.each([0, 1, 65_536, size])('drop of the request after %i bytes', async (kept) => {
    const url = await begin();
    fault({ kind: 'drop', on: 'request', bytes: kept, match: { puts: 'data' } });
    await expect(put(url)).rejects.toThrow('fetch failed');
    expect(server.emulator.state.uploads.values().next().value!.received).toBe(kept);
    expect((await put(url, kept === size ? size - 1 : kept)).status).toBe(200);
    expect(bytes()).toBe(content);
  });

  test('bytes from the end', async () => {
    const url = await begin();
    fault({ kind: 'drop', on: 'request', bytes: -1, match: { puts: 'data' } });
    await expect(put(url)).rejects.toThrow('fetch failed');
    expect(await query(url)).toEqual([308, `bytes=0-${size - 2}`]);
    expect(server.emulator.faults.met).toBe(1);
  });

  test('stall of the request: some bytes are kept, no answer', async () => {
    const url = await begin();
    fault({ kind: 'stall', on: 'request', bytes: 70_000, match: { puts: 'data' } });
    await expect(Promise.race([put(url), tooLong(200)])).rejects.toThrow('waited long enough');
    expect(await query(url)).toEqual([308, 'bytes=0-69999']);
    expect((await put(url, 70_000)).status).toBe(200);
    expect(bytes()).toBe(content);
  });

  test('flip of the request: other bytes are stored, and their checksum is told', async () => {
    const right = (await (await put(await begin())).json()).crc32c;
    const url = await begin();
    fault({ kind: 'flip', on: 'request', bytes: 100_000, match: { puts: 'data' } });
    const { crc32c } = await (await put(url)).json();
    expect(crc32c).not.toBe(right);
    expect([...bytes()].flatMap((letter, index) => (letter === content[index] ? [] : [index]))).toEqual([100_000]);
  });

  test('wrongHash: the header and the metadata', async () => {
    const url = await begin();
    fault({ kind: 'wrongHash', match: { verb: 'PUT' } });
    const answer = await put(url);
    expect(answer.headers.get('x-goog-hash')).toBe('crc32c=AAAAAA==,md5=AAAAAAAAAAAAAAAAAAAAAA==');
    expect(await answer.json()).toMatchObject({ crc32c: 'AAAAAA==', md5Hash: 'AAAAAAAAAAAAAAAAAAAAAA==' });
    expect(bytes()).toBe(content);
  });

  test('expiredSession waits for a PUT, with 404 or 410; queries and data are told apart', async () => {
    const [first, second] = [await begin(), await begin()];
    fault({ kind: 'expiredSession', status: 404 });
    expect((await hello()).status).toBe(200);
    expect((await put(first)).status).toBe(404);
    expect(await query(first)).toEqual([404, null]);
    fault({ kind: 'expiredSession', match: { puts: 'query' } });
    fault({ kind: 'commitLess', bytes: 9 });
    expect((await put(second)).headers.get('range')).toBe('bytes=0-8');
    expect((await query(second))[0]).toBe(410);
  });

  test.each([
    ['both', /^crc32c=[^,]+,md5=\S+$/, ['crc32c', 'md5Hash', 'size']],
    ['crc32c', /^crc32c=[^,]+$/, ['crc32c', 'size']],
    ['md5', /^md5=\S+$/, ['md5Hash', 'size']],
    ['none', /^null$/, ['size']],
  ] as const)('hashes: %s', async (hashes, header, fields) => {
    server.emulator.options.hashes = hashes;
    try {
      const answer = await put(await begin());
      expect(String(answer.headers.get('x-goog-hash'))).toMatch(header);
      const told = Object.keys(await answer.json()).filter((name) => /^(size|md5Hash|crc32c)$/.test(name));
      expect(told.sort()).toEqual(fields);
    } finally {
      server.emulator.options.hashes = 'both';
    }
  });
});

describe('downloads', () => {
  let address: string;
  beforeEach(async () => {
    await makeDataset(inside, { 'a.txt': content });
    const request = { ownerSlug: 'alice', datasetSlug: 'my-data', fileName: 'a.txt' };
    address = (await rpc(inside, 'datasets.DatasetApiService/DownloadDataset', request)).headers.get('location')!;
  });
  const get = (headers: Record<string, string> = {}) => fetch(address, { headers, redirect: 'manual' });
  const seen = async (answer: Response) => {
    const reader = answer.body!.getReader();
    let text = '';
    try {
      for (let step = await reader.read(); !step.done; step = await reader.read())
        text += Buffer.from(step.value).toString('latin1');
      return { text, cut: false };
    } catch {
      return { text, cut: true };
    }
  };

  test('bytes from the end', async () => {
    fault({ kind: 'drop', bytes: -1, match: { path: '/download/' } });
    expect(await seen(await get())).toEqual({ text: content.slice(0, -1), cut: true });
  });

  test('status after: the answer is lost with its body', async () => {
    fault({ kind: 'status', status: 502, when: 'after', match: { path: '/download/' } });
    const answer = await get();
    expect([answer.status, (await answer.json()).code]).toEqual([502, 502]);
  });

  test('wrongLength: more is announced than comes', async () => {
    fault({ kind: 'wrongLength', bytes: 10, match: { path: '/download/' } });
    const answer = await get();
    expect(answer.headers.get('content-length')).toBe(String(size + 10));
    expect((await seen(answer)).cut).toBe(true);
  });

  test('wrongLength: less is announced; the rest is not read, or breaks the connection', async () => {
    fault({ kind: 'wrongLength', bytes: -10, match: { path: '/download/' } });
    const answer = await get();
    expect(answer.headers.get('content-length')).toBe(String(size - 10));
    const { text, cut } = await seen(answer);
    expect(cut || text.length === size - 10).toBe(true);
    expect((await seen(await get())).text).toBe(content);
  });

  test('ignoreRange waits for a request with Range', async () => {
    fault({ kind: 'ignoreRange' });
    expect((await get()).status).toBe(200);
    const answer = await get({ range: 'bytes=5-9' });
    expect([answer.status, (await answer.text()).length]).toEqual([200, size]);
    expect((await get({ range: 'bytes=5-9' })).status).toBe(206);
  });

  test('unsatisfiable, also for a range that is good', async () => {
    fault({ kind: 'unsatisfiable' });
    expect((await get()).status).toBe(200);
    const { status, headers } = await get({ range: 'bytes=5-9' });
    expect([status, headers.get('content-range')]).toEqual([416, `bytes */${size}`]);
    expect((await get({ range: 'bytes=5-9' })).status).toBe(206);
  });

  const other = [...content].map((letter) => String.fromCharCode(letter.charCodeAt(0) ^ 0xff)).join('');

  test('changed: another content with other validators, also for ranges of the old one', async () => {
    const before = await get();
    await before.body?.cancel();
    fault({ kind: 'changed' });
    const validator = before.headers.get('etag')!;
    const after = await get({ range: 'bytes=100-', 'if-range': validator });
    expect([after.status, (await seen(after)).text === other]).toEqual([200, true]);
    expect(after.headers.get('etag')).not.toBe(validator);
    expect(Date.parse(after.headers.get('last-modified')!)).toBeGreaterThan(
      Date.parse(before.headers.get('last-modified')!),
    );
    const sums = [before, after].map(({ headers }) => headers.get('x-goog-hash'));
    expect(sums[0]).not.toBe(sums[1]);
  });

  test('changed in the middle: a part of the old content, then the new one', async () => {
    fault({ kind: 'changed', bytes: 1000, content: 'new' });
    const old = await seen(await get());
    expect(old).toEqual({ text: content.slice(0, 1000), cut: true });
    expect(await (await get()).text()).toBe('new');
  });

  test('changed: the output of a run as well', async () => {
    await save();
    const list = async () => {
      const answer = await toApi('kernels.KernelsApiService/ListKernelSessionOutput', {
        userName: 'alice',
        kernelSlug: 'some-job',
      });
      return ((await answer.json()) as { files?: { url: string; fileName: string }[] }).files ?? [];
    };
    await expect.poll(async () => (await list()).map(({ fileName }) => fileName)).toContain('out.txt');
    const { url } = (await list()).find(({ fileName }) => fileName === 'out.txt')!;
    fault({ kind: 'changed', content: 'new' });
    expect(await (await fetch(url)).text()).toBe('new');
  });

  test.each(['crc32c', 'md5', 'none'] as const)('hashes: %s', async (hashes) => {
    server.emulator.options.hashes = hashes;
    try {
      const header = (await get()).headers.get('x-goog-hash');
      expect(header?.split('=')[0] ?? 'none').toBe(hashes);
      expect(header ?? '').not.toContain(',');
    } finally {
      server.emulator.options.hashes = 'both';
    }
  });
});
