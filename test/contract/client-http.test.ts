import { expect, it } from 'vitest';
import { createClient as createBare } from '../../src/index.ts';
import { createClient } from '../../src/node.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';

const endpoint = 'https://api.example.test';

it('client.http is a whole ky: shortcuts say what to accept, hooks see answers and stop retries, instances have children', async () => {
  const seen: unknown[] = [];
  const { http: parent } = createClient({
    endpoint,
    async fetch({ method, headers, body }) {
      seen.push([method, headers.get('accept'), headers.get('x-own')]);
      return new Response(body, { status: method === 'DELETE' ? 503 : 200 });
    },
  });
  const child = parent.extend({
    headers: { 'x-own': '1' },
    hooks: { afterResponse: [({ response }) => void seen.push(response.status)], beforeRetry: [() => parent.stop] },
    retry: { limit: 1, delay: () => 0 },
  });
  expect(await parent.post('thing', { json: [1] }).json()).toEqual([1]);
  expect(await parent('thing').text()).toBe('');
  expect(await (await child.put('thing', { body: 'x' })).text()).toBe('x');
  expect(await child.delete('thing')).toBeUndefined();
  expect(seen).toEqual([
    ['POST', 'application/json', null],
    ['GET', 'text/*', null],
    ['PUT', null, '1'],
    200,
    ['DELETE', null, '1'],
    503,
  ]);
});

it('a shortcut of client.http rejects with the error of the request, also of one that was never sent', async () => {
  const urls: string[] = [];
  const { http } = createClient({
    endpoint,
    async fetch({ url }) {
      urls.push(url);
      return new Response('{}', { status: 404 });
    },
  });
  await expect(http('thing').json()).rejects.toMatchObject({ name: 'HTTPError' });
  await expect(http('thing', { prefixUrl: 'x' } as never).json()).rejects.toThrow('prefixUrl');
  expect(urls).toEqual([`${endpoint}/api/v1/thing`]);
});

it('where a bundle would carry ky whether it is used or not, client.http says what to import', () => {
  expect(() => createBare().http).toThrow("import { http } from 'kaggle-ts/http' and call http(client)");
});

it.each([
  ['0', [500, 1000]],
  ['-1', [500, 1000]],
  ['Thu, 01 Jan 2026 00:00:00 GMT', [500, 1000]],
  ['2300000000', []],
])('Retry-After %s never makes the pauses of client.http shorter than those of calls', async (retryAfter, expected) => {
  const pauses: number[] = [];
  const clock = { now: Date.now, random: () => 0, sleep: async (ms: number) => void pauses.push(ms) };
  let count = 0;
  const { http } = createClient({
    endpoint,
    token: 'KGAT_x',
    platform: { ...memoryPlatform(), clock },
    async fetch() {
      const busy = ++count < 3;
      return new Response('{}', busy ? { status: 429, headers: { 'retry-after': retryAfter } } : {});
    },
  });
  const answer = await http('thing')
    .json()
    .catch((error: Error) => error.name);
  expect([answer, pauses]).toEqual([expected.length > 0 ? {} : 'HTTPError', expected]);
});
