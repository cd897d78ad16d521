import { describe, expect, test } from 'vitest';
import type { Emulator } from '../../src/testing/index.ts';
import { datasetsApi, quiet, rpc, upload } from './support.ts';

const part = 262_144;

async function start(emulator: Emulator, contentLength?: number): Promise<{ token: string; createUrl: string }> {
  const request = { type: 'DATASET', name: 'a.bin', contentLength };
  return (await rpc(emulator, 'blobs.BlobApiService/StartBlobUpload', request)).json;
}

function put(
  emulator: Emulator,
  url: string,
  body: Uint8Array<ArrayBuffer> | string,
  range?: string,
  more: object = {},
) {
  const headers: Record<string, string> = range === undefined ? { ...more } : { 'content-range': range, ...more };
  return emulator.fetch(new Request(url, { method: 'PUT', body, headers }));
}

const use = (emulator: Emulator, token: string, slug = 'some-data', as = 'KGAT_test') =>
  rpc(emulator, `${datasetsApi}/CreateDataset`, { slug, title: 'Some data', files: [{ token }] }, as);

const bytesOf = (emulator: Emulator) => [
  ...emulator.state.datasets.get('alice/some-data')!.versions[0]!.files[0]!.data,
];

test('a session is that of Google Cloud Storage, whose last answer is the object', async () => {
  const emulator = quiet();
  const { token, createUrl } = await start(emulator, 9);
  expect(token).toMatch(/^eyJhbGciOiJkaXIiLCJlbmMi/);
  expect(createUrl).toMatch(/\/upload\/storage\/v1\/b\/kaggle-data-sets\/o\?uploadType=resumable&upload_id=\w+$/);
  const { size, md5Hash, timeFinalized, kind } = await (await put(emulator, createUrl, '123456789')).json();
  expect([kind, size, md5Hash]).toEqual(['storage#object', '9', 'JfnnlDI7RTiF9RgfG2JNCw==']);
  expect(timeFinalized).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('one PUT stores all; the answer carries the checksums', async () => {
  const emulator = quiet();
  const { token, createUrl } = await start(emulator, 9);
  const response = await put(emulator, createUrl, '123456789');
  expect(response.status).toBe(200);
  // The check value of CRC-32C, and the MD5 of the same nine digits.
  const sums = { crc32c: '4waSgw==', md5Hash: 'JfnnlDI7RTiF9RgfG2JNCw==' };
  expect(await response.json()).toMatchObject({ size: '9', ...sums });
  expect(response.headers.get('x-goog-hash')).toBe(`crc32c=${sums.crc32c},md5=${sums.md5Hash}`);
  expect((await use(emulator, token)).json.status).toBe('ok');
});

test('parts are joined; a status query returns the stored range, or none', async () => {
  const emulator = quiet();
  const data = Uint8Array.from({ length: part + 10 }, (_, index) => index % 251);
  const { token, createUrl } = await start(emulator, data.length);
  const ask = () => put(emulator, createUrl, '', `bytes */${data.length}`);
  const empty = await ask();
  expect([empty.status, empty.headers.get('range')]).toEqual([308, null]);
  const first = await put(emulator, createUrl, data.slice(0, part), `bytes 0-${part - 1}/${data.length}`);
  expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${part - 1}`]);
  expect((await ask()).headers.get('range')).toBe(`bytes=0-${part - 1}`);
  expect((await use(emulator, token)).json.error.message).toContain('is not complete');
  const last = await put(emulator, createUrl, data.slice(part), `bytes ${part}-${data.length - 1}/${data.length}`);
  expect(last.status).toBe(200);
  expect((await ask()).status).toBe(200);
  await use(emulator, token);
  expect(bytesOf(emulator)).toEqual([...data]);
});

test('a part that overlaps replaces the stored bytes from its start', async () => {
  const emulator = quiet();
  const { token, createUrl } = await start(emulator, part + 2);
  await put(emulator, createUrl, new Uint8Array(part).fill(1), `bytes 0-${part - 1}/${part + 2}`);
  const again = new Uint8Array(part + 2).fill(2);
  expect((await put(emulator, createUrl, again, `bytes 0-${part + 1}/${part + 2}`)).status).toBe(200);
  await use(emulator, token);
  expect(new Set(bytesOf(emulator))).toEqual(new Set([2]));
});

test('an announced length takes no memory before its bytes arrive', async () => {
  const emulator = quiet();
  const before = process.memoryUsage().arrayBuffers;
  for (let n = 0; n < 20; n++) {
    const { createUrl } = await start(emulator, 2 ** 30);
    const answer = await put(emulator, createUrl, new Uint8Array(part), `bytes 0-${part - 1}/${2 ** 30}`);
    expect(answer.status).toBe(308);
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 28);
});

describe('what a session refuses', () => {
  test.each([
    ['a gap at the beginning', part + 5, new Uint8Array(5), `bytes ${part}-${part + 4}/${part + 5}`, 400],
    ['a part of an odd length', 100, new Uint8Array(10), 'bytes 0-9/100', 400],
    ['another total than announced', 5, new Uint8Array(6), 'bytes 0-5/6', 400],
    ['a range that is none', 5, new Uint8Array(5), 'bytes five', 400],
  ])('%s', async (_name, size, body, range, code) => {
    const emulator = quiet();
    const { token, createUrl } = await start(emulator, size);
    expect((await put(emulator, createUrl, body, range)).status).toBe(code);
    expect((await use(emulator, token)).status).toBe(400);
  });

  test('a session that is not there, and one that has expired', async () => {
    const emulator = quiet();
    const { createUrl } = await start(emulator, 1);
    expect((await put(emulator, createUrl.replace(/upload_id=\w+/, 'upload_id=none'), 'x')).status).toBe(404);
    emulator.faults.add({ kind: 'expiredSession', match: { path: '/upload/' } });
    expect((await put(emulator, createUrl, 'x')).status).toBe(410);
    expect((await put(emulator, createUrl, 'x')).status).toBe(410);
  });

  test('blob types and names that are none', async () => {
    const emulator = quiet();
    const begin = (body: object) => rpc(emulator, 'blobs.BlobApiService/StartBlobUpload', body);
    expect((await begin({ type: 'PICTURE', name: 'a' })).status).toBe(400);
    expect((await begin({ type: 'DATASET' })).status).toBe(400);
    expect((await begin({ type: 'DATASET', name: 'a', contentLength: -1 })).status).toBe(400);
  });
});

test('a body that ends early leaves an incomplete upload with the bytes received', async () => {
  const emulator = quiet();
  const { token, createUrl } = await start(emulator, 10);
  const response = await put(emulator, createUrl, '123');
  expect([response.status, response.headers.get('range')]).toEqual([308, 'bytes=0-2']);
  expect((await use(emulator, token)).status).toBe(400);
  expect((await put(emulator, createUrl, '4567890', 'bytes 3-9/10')).status).toBe(200);
});

test('a body that breaks off keeps the bytes received before', async () => {
  const emulator = quiet();
  const { createUrl } = await start(emulator, 10);
  let pulls = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (pulls++ === 0) controller.enqueue(new TextEncoder().encode('1234'));
      else controller.error(new Error('broken'));
    },
  });
  const request = new Request(createUrl, { method: 'PUT', body, duplex: 'half' } as RequestInit);
  await expect(emulator.fetch(request)).rejects.toThrow('broken');
  const state = await put(emulator, createUrl, '', 'bytes */10');
  expect(state.headers.get('range')).toBe('bytes=0-3');
});

test('a part out of order: the connection is cut, nothing is stored, and the session is still good', async () => {
  const emulator = quiet();
  const { createUrl } = await start(emulator, 2 * part + 2);
  await put(emulator, createUrl, new Uint8Array(part), `bytes 0-${part - 1}/${2 * part + 2}`);
  const late = put(emulator, createUrl, '12', `bytes ${2 * part}-${2 * part + 1}/${2 * part + 2}`);
  await expect(late).rejects.toThrow('out of order');
  const state = await put(emulator, createUrl, '', `bytes */${2 * part + 2}`);
  expect([state.status, state.headers.get('range')]).toEqual([308, `bytes=0-${part - 1}`]);
});

test('two PUTs at once: the first is cut, and what still comes of it is not stored', async () => {
  const emulator = quiet();
  const { token, createUrl } = await start(emulator, 4);
  let late!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      late = controller;
      controller.enqueue(new TextEncoder().encode('ab'));
    },
  });
  const headers = { 'content-range': 'bytes 0-3/4' };
  const slow = emulator.fetch(new Request(createUrl, { method: 'PUT', body, headers, duplex: 'half' } as RequestInit));
  const upload = [...emulator.state.uploads.values()][0]!;
  while (upload.received < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  expect((await put(emulator, createUrl, 'CD', 'bytes 2-3/4')).status).toBe(200);
  late.enqueue(new TextEncoder().encode('xx'));
  late.close();
  await expect(slow).rejects.toThrow('took over');
  await use(emulator, token);
  expect(String.fromCharCode(...bytesOf(emulator))).toBe('abCD');
});

test('commitLess stores a piece and says how much', async () => {
  const emulator = quiet({ faults: [{ kind: 'commitLess', bytes: 3, match: { verb: 'PUT' } }] });
  const { createUrl } = await start(emulator, 10);
  const response = await put(emulator, createUrl, '1234567890');
  expect([response.status, response.headers.get('range')]).toEqual([308, 'bytes=0-2']);
});

test('an empty file: announced as 0, or not announced at all', async () => {
  const emulator = quiet();
  for (const [length, slug] of [
    [0, 'some-data'],
    [undefined, 'other-data'],
  ] as const) {
    const { token, createUrl } = await start(emulator, length);
    expect((await put(emulator, createUrl, '')).status).toBe(200);
    expect((await use(emulator, token, slug)).json.status).toBe('ok');
  }
  expect(bytesOf(emulator)).toEqual([]);
});

test('a token is valid once, and for its owner; a failed create does not use it up', async () => {
  const emulator = quiet();
  const token = await upload(emulator, 'a.txt', 'x');
  expect((await use(emulator, token, 'some-data', 'KGAT_bob')).json.error.message).toMatch(/^unknown upload token: /);
  expect((await use(emulator, token, 'tiny')).json.error).toContain('between 6 and 50');
  const two = { slug: 'some-data', title: 'Some data', files: [{ token }, { token: 'tok-none' }] };
  expect((await rpc(emulator, `${datasetsApi}/CreateDataset`, two)).status).toBe(400);
  expect(emulator.state.datasets.size).toBe(0);
  expect((await use(emulator, token)).json.status).toBe('ok');
  expect((await use(emulator, token, 'other-data')).json.error.message).toContain('already used');
});
