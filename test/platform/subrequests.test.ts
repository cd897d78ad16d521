import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { countSubrequests, kvState, type R2BucketLike, r2Sink, r2Source } from '../../src/platform/workers/index.ts';

/** A server by address: what each one answers, and the requests that came. */
function serverOf(answers: Record<string, (request: Request) => Response | Promise<Response>>) {
  const seen: Request[] = [];
  const fetch = async (request: Request) => {
    seen.push(request);
    return answers[request.url]!(request);
  };
  return { seen, fetch };
}

const to = (location: string, status = 302) => new Response(null, { status, headers: { location } });

test('each redirect counts, and the credential stays at its origin', async () => {
  const { seen, fetch } = serverOf({
    'https://api.test/one': () => to('/two', 307),
    'https://api.test/two': () => to('https://storage.test/file?sig=1'),
    'https://storage.test/file?sig=1': () => new Response('content'),
  });
  const subrequests = countSubrequests({ limit: 10, fetch });
  const headers = { authorization: 'Bearer KGAT_test', range: 'bytes=1-' };
  const response = await subrequests.fetch(new Request('https://api.test/one', { headers }));
  expect(await response.text()).toBe('content');
  expect(subrequests.used).toBe(3);
  expect(seen.map((request) => request.headers.get('authorization'))).toEqual([
    'Bearer KGAT_test',
    'Bearer KGAT_test',
    null,
  ]);
  expect(seen.map((request) => request.headers.get('range'))).toEqual(['bytes=1-', 'bytes=1-', 'bytes=1-']);
});

test('a redirect that nobody asked to follow is handed on; a POST becomes a GET', async () => {
  const { seen, fetch } = serverOf({
    'https://a.test/post': () => to('https://a.test/get', 303),
    'https://a.test/get': () => new Response('got'),
  });
  const subrequests = countSubrequests({ limit: 10, fetch });
  const post = (redirect: RequestRedirect) =>
    subrequests.fetch(new Request('https://a.test/post', { method: 'POST', body: '{}', redirect }));
  expect((await post('manual')).status).toBe(303);
  expect(await (await post('follow')).text()).toBe('got');
  expect(seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET']);
});

test('what cannot be followed is an error without the signature of the address', async () => {
  const { fetch } = serverOf({
    'https://a.test/loop?sig=1': () => to('https://a.test/loop?sig=1'),
    'https://a.test/file?sig=1': () => to('file:///etc/passwd'),
    'https://a.test/again?sig=1': () => to('https://a.test/loop?sig=1', 308),
  });
  const subrequests = countSubrequests({ limit: 100, fetch });
  const message = (url: string, init?: RequestInit) =>
    subrequests.fetch(new Request(url, init)).then(
      () => 'none',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  expect(await message('https://a.test/loop?sig=1')).toBe('TransferError: https://a.test/loop: more than 20 redirects');
  expect(await message('https://a.test/file?sig=1')).toBe(
    'TransferError: https://a.test/file: redirects to an invalid URL',
  );
  expect(await message('https://a.test/again?sig=1', { method: 'PUT', body: 'x' })).toBe(
    'TransferError: cannot follow the redirect from https://a.test/again: the request body was already sent',
  );
});

test('no more than six wait for their answer at once, and those that were aborted in the row are not sent', async () => {
  const answers: (() => void)[] = [];
  const fetch = () => new Promise<Response>((resolve) => answers.push(() => resolve(new Response('ok'))));
  const subrequests = countSubrequests({ limit: 100, fetch });
  const left = new AbortController();
  const asked = Array.from({ length: 10 }, (_, index) =>
    subrequests.fetch(new Request('https://a.test/', { signal: index === 7 ? left.signal : undefined })),
  );
  asked[7]!.catch(() => undefined);
  await turn();
  expect(answers).toHaveLength(6);
  left.abort(new Error('not wanted'));
  let answered = 0;
  while (answered < answers.length) {
    answers[answered++]!();
    await turn();
    expect(answers.length - answered).toBeLessThanOrEqual(6);
  }
  await expect(asked[7]).rejects.toThrow('not wanted');
  expect((await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
  expect([subrequests.used, subrequests.peak, answers.length]).toEqual([9, 6, 9]);
});

test('a request beyond the limit is not sent: the client fails at once, with an error that names the limit', async () => {
  const { seen, fetch } = serverOf({ 'https://a.test/v1/x.Y/Get': () => Response.json({ ok: true }) });
  const { fetch: counted, signal } = countSubrequests({ limit: 2, fetch });
  const pauses: number[] = [];
  const clock = { now: Date.now, random: () => 0, sleep: async (ms: number) => void pauses.push(ms) };
  const options = { endpoint: 'https://a.test/v1', token: 'KGAT_test', fetch: counted, signal };
  const client = createClient({ ...options, platform: { ...memoryPlatform(), clock } });
  const expected = {
    name: 'TransferError',
    message: 'all 2 subrequests are used up; raise the limit or resume in another invocation',
  };
  expect(await client.call('x.Y', 'Get', {})).toEqual({ ok: true });
  expect(await client.call('x.Y', 'Get', {})).toEqual({ ok: true });
  await expect(client.call('x.Y', 'Get', {})).rejects.toMatchObject(expected);
  await expect(client.call('x.Y', 'Get', {})).rejects.toMatchObject(expected);
  expect(pauses).toEqual([]);
  expect(seen).toHaveLength(2);
});

test('operations of R2 count; those of KV count too, and are never refused', async () => {
  const done: string[] = [];
  const did = async <T>(what: string, result: T): Promise<T> => {
    done.push(what);
    return result;
  };
  const object = { key: 'a', size: 3, etag: 'e', uploaded: new Date(0) };
  const bucket: R2BucketLike = {
    head: () => did('head', object),
    get: () => did('get', { ...object, body: new Blob(['abc']).stream() }),
    put: () => did('put', undefined),
    list: () => did('list', { objects: [object], truncated: false }),
    createMultipartUpload: () =>
      did('create', {
        uploadPart: (partNumber: number) => did('part', { partNumber, etag: 'p' }),
        complete: () => did('complete', undefined),
        abort: () => did('abort', undefined),
      }),
  };
  const subrequests = countSubrequests({ limit: 6 });
  const counted = subrequests.bucket(bucket);
  const source = await r2Source(counted, 'a');
  expect(await new Response((await source.slice(0, 3)) as ReadableStream).text()).toBe('abc');
  const sink = r2Sink(counted, 'b');
  await sink.write(new Uint8Array(17 << 20), 0);
  await counted.list({ prefix: '' });
  expect([subrequests.used, done]).toEqual([6, ['head', 'get', 'create', 'part', 'part', 'list']]);

  await expect(sink.commit()).rejects.toThrow(
    'all 6 subrequests are used up; raise the limit or resume in another invocation',
  );
  expect(subrequests.signal.aborted).toBe(true);
  await sink.abort();
  const kept: string[] = [];
  const state = kvState(
    subrequests.namespace({
      get: async () => null,
      put: async (_key, value) => void kept.push(value),
      delete: async () => undefined,
    }),
  );
  await state.set('how far', 5);
  await state.delete('how far');
  expect(await state.get('how far')).toBe(undefined);
  expect([kept, done.at(-1), subrequests.used]).toEqual([['5'], 'abort', 10]);
});
