import { describe, expect, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { http } from '../../src/core/rpc/http.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { listKernels } from '../../src/services/kernels/generated/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { createEmulator, scriptedExecutor } from '../../src/testing/index.ts';

const content = { owner: 'alice', slug: 'my-data', files: [{ name: 'a.csv', data: 'a,b' }] };
const kernel = {
  slug: 'my-kernel-one',
  newTitle: 'My kernel one',
  text: 'print(1)',
  language: 'python',
  kernelType: 'script',
  isPrivate: true,
} as const;

/** A client whose token function gives another token each time, and the tokens that requests to the API carried. */
function world() {
  const executor = scriptedExecutor(() => ({ files: [{ name: 'out.txt', data: new TextEncoder().encode('1') }] }));
  const emulator = createEmulator({ lag: 0, processing: 0, executor });
  let asked = 0;
  const carried: string[] = [];
  const client = createClient({
    endpoint: 'https://api.test',
    token: async () => `KGAT_${++asked}`,
    platform: memoryPlatform(),
    async fetch(request) {
      const token = request.headers.get('authorization');
      if (!token) return emulator.fetch(request);
      carried.push(token);
      const headers = new Headers(request.headers);
      headers.set('authorization', 'Bearer KGAT_test');
      const body = request.method === 'GET' ? undefined : (await request.text()).replace(/KGAT_\d+/, 'KGAT_test');
      const { url, method, signal } = request;
      return emulator.fetch(new Request(url, { method, headers, body, signal }));
    },
  });
  return {
    emulator,
    client,
    carried,
    tokens: () => Array.from({ length: asked }, (_, index) => `Bearer KGAT_${index + 1}`),
  };
}

type World = ReturnType<typeof world>;
const published = async ({ client }: World) => {
  const made = await datasets.create(client, content);
  await made.ready();
  return made;
};

const verbs: Record<string, (world: World) => Promise<unknown>> = {
  'datasets.create': (at) => published(at),
  'datasets.createVersion': async (at) => {
    await published(at);
    return datasets.createVersion(at.client, content);
  },
  'datasets.createOrVersion': ({ client }) => datasets.createOrVersion(client, content),
  'datasets.uploadFile': ({ client }) => datasets.uploadFile(client, content.files[0]!),
  'datasets.list': ({ client }) => datasets.list(client, {}).all(),
  'datasets.listFiles and download': async (at) => {
    await published(at);
    await datasets.listFiles(at.client, 'alice/my-data').all();
    return datasets.download(at.client, { owner: 'alice', slug: 'my-data', file: 'a.csv' }, 'out');
  },
  'datasets.remove': async (at) => {
    await published(at);
    return datasets.remove(at.client, 'alice/my-data');
  },
  'kernels.push by a bare slug': ({ client }) => kernels.push(client, kernel),
  'kernels.run with its log and output': ({ client }) => kernels.run(client, { ...kernel, output: 'out' }),
  'kernels.logs, wait, status and output': async ({ client }) => {
    const run = await kernels.push(client, kernel);
    for await (const _entry of kernels.logs(client, run, { follow: true }));
    await kernels.wait(client, run);
    await kernels.status(client, run);
    return kernels.output(client, run, 'out');
  },
  whoAmI: ({ client }) => client.whoAmI(),
  'http(client)': ({ client }) => http(client).post('kernels.KernelsApiService/ListKernels', { json: {} }).json(),
};

describe('a token function is called once for each call', () => {
  test.each(Object.keys(verbs))('%s', async (name) => {
    const at = world();
    await verbs[name]!(at);
    expect(at.carried.length).toBeGreaterThan(0);
    expect([...at.carried].sort()).toEqual(at.tokens().sort());
  });

  test.each(['http(client)', 'client.call'])('however often the call is repeated: %s', async (way) => {
    const at = world();
    const retry = { methods: ['post' as const], delay: () => 0 };
    at.emulator.faults.add({ kind: 'status', status: 503, match: { method: 'ListKernels' }, times: 2 });
    if (way === 'client.call') await at.client.call(listKernels, {});
    else await http(at.client).post('kernels.KernelsApiService/ListKernels', { json: {}, retry });
    expect(at.carried).toEqual(['Bearer KGAT_1', 'Bearer KGAT_1', 'Bearer KGAT_1']);
    expect(at.tokens()).toEqual(['Bearer KGAT_1']);
  });
});

test('a token function can log in: its own call goes to the same API, without a credential', async () => {
  const seen: [string, string | null][] = [];
  const client = createClient({
    endpoint: 'https://api.test',
    token: async ({ call }) => (await call('security.OAuthService', 'ExchangeOAuthToken', { code: 'c' })).accessToken,
    async fetch(request) {
      seen.push([new URL(request.url).pathname, request.headers.get('authorization')]);
      return Response.json({ accessToken: 'KGAT_fresh' });
    },
  });
  await client.call('any.Service', 'Method');
  expect(seen).toEqual([
    ['/api/v1/security.OAuthService/ExchangeOAuthToken', null],
    ['/api/v1/any.Service/Method', 'Bearer KGAT_fresh'],
  ]);
});

test.each([
  ['datasets.uploadFile', ({ client }: Pick<World, 'client'>) => datasets.uploadFile(client, content.files[0]!)],
  [
    'kernels.push',
    ({ client }: Pick<World, 'client'>) => kernels.push(client, { ...kernel, slug: 'alice/my-kernel-one' }),
  ],
])('a verb whose token function resolves to nothing says so, and sends nothing: %s', async (_name, verb) => {
  let sent = 0;
  const client = createClient({
    token: () => undefined,
    platform: memoryPlatform(),
    async fetch() {
      sent++;
      return Response.json({});
    },
  });
  await expect(verb({ client })).rejects.toThrow('no credential found; pass createClient({ token })');
  expect(sent).toBe(0);
});

test.each(['its deadline passes', 'it is aborted'])('a call whose token function hangs ends when %s', async (end) => {
  const reason = new Error('enough');
  const controller = new AbortController();
  const client = createClient({ token: () => new Promise<never>(() => {}), fetch: async () => Response.json({}) });
  const deadline = end === 'its deadline passes';
  const call = client.call('any.Service', 'Method', {}, { signal: controller.signal, timeout: deadline ? 0.02 : 0 });
  if (!deadline) controller.abort(reason);
  await expect(call).rejects.toMatchObject(deadline ? { name: 'TimeoutError' } : { message: 'enough' });
});

test.each<[string, (client: ReturnType<typeof createClient>, signal: AbortSignal) => Promise<unknown>]>([
  ['whoAmI', (client, signal) => client.whoAmI({ signal })],
  ['introspect', (client, signal) => client.introspect({ signal })],
  ['datasets.create', (client, signal) => datasets.create(client, content, { signal })],
  ['datasets.createOrVersion', (client, signal) => datasets.createOrVersion(client, content, { signal })],
  ['datasets.uploadFile', (client, signal) => datasets.uploadFile(client, content.files[0]!, {}, { signal })],
  ['kernels.push', (client, signal) => kernels.push(client, kernel, { signal })],
  ['kernels.status of a bare slug', (client, signal) => kernels.status(client, 'my-kernel-one', { signal })],
  ['kernels.wait of a bare slug', (client, signal) => kernels.wait(client, 'my-kernel-one', { signal })],
  ['kernels.output of a bare slug', (client, signal) => kernels.output(client, 'my-kernel-one', 'out', { signal })],
])('an abort ends a verb whose token function hangs, at once and with its reason: %s', async (_name, verb) => {
  const reason = new Error('enough');
  const asked = Promise.withResolvers<void>();
  const client = createClient({
    token: () => {
      asked.resolve();
      return new Promise<never>(() => {});
    },
    timeout: 0,
    platform: memoryPlatform(),
    fetch: async () => Response.json({}),
  });
  const controller = new AbortController();
  const ended = verb(client, controller.signal).catch((error: unknown) => error);
  await asked.promise;
  controller.abort(reason);
  expect(await ended).toBe(reason);
  expect(await verb(client, AbortSignal.abort(reason)).catch((error: unknown) => error)).toBe(reason);
});
