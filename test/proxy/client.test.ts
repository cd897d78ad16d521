import { expect, test, vi } from 'vitest';
import type { Platform, StreamPut } from '../../src/core/platform.ts';
import type { ClientOptions } from '../../src/core/rpc/client.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';

const endpoint = 'https://app.example.com/kaggle';

test.each<[string, ClientOptions]>([
  ['another value', { credential: 'token' as 'proxy', endpoint }],
  ['no endpoint', { credential: 'proxy' }],
  ['a token', { credential: 'proxy', endpoint, token: 'KGAT_secret' }],
  ['a token function', { credential: 'proxy', endpoint, token: () => 'KGAT_secret' }],
  ['a key', { credential: 'proxy', endpoint, username: 'alice', key: 'secret' }],
])('credential: %s is refused, without showing a secret', (_what, options) => {
  const create = () => createClient(options);
  expect(create).toThrow("createClient: credential: expected 'proxy' with endpoint, no token");
  expect(create).not.toThrow(/secret/);
});

test('requests to the proxy, and to no other server, have its header and no credential', async () => {
  const sent: Request[] = [];
  const client = createClient({
    endpoint: `${endpoint}/`,
    credential: 'proxy',
    async fetch(request) {
      sent.push(request);
      const location = sent.length === 1 ? `${endpoint}/transfer/x` : 'https://elsewhere.example/';
      return sent.length < 3 ? new Response(null, { status: 303, headers: { location } }) : new Response('file');
    },
  });
  const response = await client.callRaw('datasets.DatasetApiService', 'DownloadDataset', {});
  expect(await response.text()).toBe('file');
  expect(sent.map(({ headers }) => headers.get('x-kaggle-ts'))).toEqual([endpoint, endpoint, null]);
  expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual([null, null, null]);
  await client.requireCredential('this');
  expect(await client.token()).toBeUndefined();
});

test('transfers by the transport of the platform have the header, too', async () => {
  const puts: StreamPut[] = [];
  const platform: Platform = {
    ...memoryPlatform(),
    putsSmall: true,
    async put(request) {
      puts.push(request);
      await request.read(new Uint8Array(request.length));
      return Response.json({ size: String(request.length) });
    },
    async fetch(request) {
      const answer = { token: 't', createUrl: `${endpoint}/transfer/x` };
      return Response.json(request.url.endsWith('StartBlobUpload') ? answer : { kernels: [] });
    },
  };
  const client = createClient({ endpoint, credential: 'proxy', platform });
  await datasets.uploadFile(client, { name: 'a.txt', data: 'text' });
  expect(puts.map(({ headers }) => headers['x-kaggle-ts'])).toEqual([endpoint]);
});

test('an error of the proxy says what refused the request', async () => {
  const message = 'a.B/C is not allowed by this proxy';
  const body = { error: { code: 403, message, status: 'NOT_ALLOWED', rule: 'allow' } };
  const client = createClient({
    endpoint,
    credential: 'proxy',
    fetch: async () => Response.json(body, { status: 403 }),
  });
  await expect(client.call('a.B', 'GetC')).rejects.toMatchObject({
    name: 'AuthenticationError',
    status: 403,
    reason: 'NOT_ALLOWED',
  });
  await expect(client.call('a.B', 'GetC')).rejects.toThrow(`a.B/GetC: ${message}: ask its operator`);
});

test('a storage that does not let a page use it: the error names CORS and the proxy', async () => {
  const platform: Platform = { ...memoryPlatform(), opaqueRedirects: true };
  const client = createClient({
    token: 'KGAT_x',
    platform,
    async fetch(request) {
      if (request.url.includes('storage.example')) throw new TypeError('Failed to fetch');
      return Response.json({ token: 't', createUrl: 'https://storage.example/upload?upload_id=secret' });
    },
  });
  const clock = { ...client.clock, sleep: async () => {} };
  const failed = datasets.uploadFile({ ...client, clock }, { name: 'a.txt', data: 'text' });
  await expect(failed).rejects.toThrow(/\(CORS\).*kaggle-ts\/proxy/);
});

test('a credential in a page logs one warning, unless it is intended', async () => {
  vi.resetModules();
  const { createClient: inPage, browserPlatform } = await import('../../src/browser.ts');
  const lines: string[] = [];
  const platform = { ...browserPlatform(), log: (line: string) => void lines.push(line) };
  inPage({ endpoint, platform });
  inPage({ endpoint, platform, credential: 'proxy' });
  inPage({ endpoint, platform, token: 'KGAT_x', dangerouslyAllowBrowser: true });
  expect(lines).toEqual([]);
  inPage({ endpoint, platform, token: 'KGAT_secret' });
  inPage({ endpoint, platform, username: 'alice', key: 'secret' });
  expect(lines).toEqual([expect.stringMatching(/credential: 'proxy'.*dangerouslyAllowBrowser: true$/)]);
  expect(lines[0]).not.toContain('secret');
});
