import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createClient } from '../../src/index.ts';
import { downloadDataset } from '../../src/services/datasets/generated/index.ts';
import { deleteKernel, getKernelSessionStatus, listKernels } from '../../src/services/kernels/generated/index.ts';
import { handlers, mock, mockError } from '../../src/testing/msw.ts';
import { datasetsApi, makeDataset, quiet } from './support.ts';

const server = setupServer();
beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  server.resetHandlers();
  vi.restoreAllMocks();
});
afterAll(() => server.close());

const client = createClient({ token: 'KGAT_test', retry: false });
const kernel = { userName: 'alice', kernelSlug: 'some-job' };

test('a mocked method gets its request with defaults, and may return a part of the message', async () => {
  const seen: unknown[] = [];
  server.use(
    mock(getKernelSessionStatus, ({ request, raw }) => {
      seen.push(request, raw.headers.get('authorization'));
      return { status: 'RUNNING' };
    }),
  );
  const answer = await client.call(getKernelSessionStatus, kernel);
  expect(answer.status).toBe('RUNNING');
  expect(answer.failureMessage).toBeUndefined();
  expect(seen).toEqual([expect.objectContaining(kernel), 'Bearer KGAT_test']);
});

test('a resolver may be async, may return a Response, and may return nothing', async () => {
  server.use(mock(getKernelSessionStatus, async () => ({ status: 'COMPLETE', failureMessage: 'x' })));
  expect(await client.call(getKernelSessionStatus, kernel)).toMatchObject({ status: 'COMPLETE', failureMessage: 'x' });
  server.use(mock(getKernelSessionStatus, () => new Response('{"status":"ERROR"}')));
  expect((await client.call(getKernelSessionStatus, kernel)).status).toBe('ERROR');
  server.use(mock(listKernels, () => undefined));
  expect((await client.call(listKernels, { user: 'me' })).kernels).toEqual([]);
});

test('an invalid message or an error of the resolver rejects the call', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const patient = createClient({ token: 'KGAT_test' });
  const resolver = vi.fn(() => ({ status: 5 as unknown as 'RUNNING' }));
  server.use(mock(getKernelSessionStatus, resolver));
  await expect(patient.call(getKernelSessionStatus, kernel)).rejects.toThrow(
    /mock of GetKernelSessionStatus: the resolver returned an invalid message: .*status/,
  );
  expect(resolver).toHaveBeenCalledTimes(1);
  const throws = () => {
    throw new Error('not expected here');
  };
  server.use(mock(getKernelSessionStatus, throws));
  await expect(patient.call(getKernelSessionStatus, kernel)).rejects.toThrow(
    'mock of GetKernelSessionStatus: the resolver threw an error: not expected here',
  );
  expect(said).not.toHaveBeenCalled();
});

test('a method that returns a file', async () => {
  server.use(mock(downloadDataset, ({ request }) => new Response(`bytes of ${request.datasetSlug}`)));
  const response = await client.call(downloadDataset, { ownerSlug: 'alice', datasetSlug: 'my-data' });
  expect(await response.text()).toBe('bytes of my-data');
});

test('a method with an empty response', async () => {
  const deleted: unknown[] = [];
  server.use(
    mock(deleteKernel, ({ request }) => {
      deleted.push(request.kernelSlug);
      return undefined;
    }),
  );
  await client.call(deleteKernel, kernel);
  expect(deleted).toEqual(['some-job']);
});

test('mockError returns errors for all kinds of methods', async () => {
  server.use(
    mockError(getKernelSessionStatus, { status: 429, message: 'slow down', headers: { 'retry-after': '3' } }),
    mockError(downloadDataset, { status: 404 }),
    mockError(deleteKernel, { status: 400, code: 17, message: 'no' }),
  );
  await expect(client.call(getKernelSessionStatus, kernel)).rejects.toMatchObject({
    name: 'RateLimitError',
    status: 429,
    retryAfterMs: 3000,
  });
  await expect(client.call(downloadDataset, { ownerSlug: 'a', datasetSlug: 'b' })).rejects.toMatchObject({
    status: 404,
  });
  await expect(client.call(deleteKernel, kernel)).rejects.toMatchObject({ status: 400, code: 17 });
});

test('an emulator handles requests to Kaggle and to its storage', async () => {
  const emulator = quiet();
  server.use(...handlers(emulator));
  await makeDataset(emulator, { 'a.txt': 'content' });
  const request = { ownerSlug: 'alice', datasetSlug: 'my-data', fileName: 'a.txt' };
  const response = await client.callRaw('datasets.DatasetApiService', 'DownloadDataset', request);
  expect(await response.text()).toBe('content');
  expect(emulator.state.requests.at(-1)?.path).toMatch(/^\/download\/kaggle-data-sets\/\d+\/\d+\/a\.txt$/);
  emulator.faults.add({ kind: 'lostAnswer' });
  await expect(fetch(`https://api.kaggle.com/v1/${datasetsApi}/ListDatasets`, { method: 'POST' })).rejects.toThrow();
});

test('an emulator at another endpoint leaves Kaggle alone', async () => {
  const emulator = quiet();
  server.use(...handlers(emulator, { endpoint: 'https://kaggle.test/api' }));
  const other = createClient({ token: 'KGAT_bob', endpoint: 'https://kaggle.test', retry: false });
  expect(await other.whoAmI()).toBe('bob');
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  await expect(client.whoAmI()).rejects.toThrow();
});
