import { getDataset } from 'kaggle-ts/services/datasets';
import { getKernelSessionStatus, listKernels, saveKernel } from 'kaggle-ts/services/kernels';
import { equal, includes, ok, rejection } from '../assert.ts';
import type { Cases } from '../context.ts';
import { takesHttp2 } from '../transports.ts';

const kernel = { userName: 'alice', kernelSlug: 'a-kernel' };
const statusPath = '/kernels.KernelsApiService/GetKernelSessionStatus';
const listPath = '/kernels.KernelsApiService/ListKernels';

export const rpc: Cases = {
  async 'a typed call posts JSON with the token and reads the answer'({ control, createClient, token }) {
    await control.answer({ path: statusPath, body: { status: 'RUNNING' } });
    const { status } = await createClient().call(getKernelSessionStatus, kernel);
    equal(status, 'RUNNING', 'the status');
    const [request, ...more] = await control.requests({ path: statusPath });
    equal(more.length, 0, 'further requests');
    equal(request?.method, 'POST', 'the HTTP method');
    equal(request?.json, kernel, 'the body');
    equal(request?.headers.authorization, `Bearer ${token}`, 'the credential');
    includes(request?.headers['content-type'] ?? '', 'application/json', 'the type');
  },

  'HTTP/2 is taken by browsers only': {
    only: ['h2'],
    async run({ control, createClient, runtime }) {
      await control.answer({ path: listPath, body: {} });
      await createClient().call(listKernels, {});
      const [request] = await control.requests({ path: listPath });
      equal(request?.headers.via, takesHttp2.includes(runtime) ? '2.0 front' : undefined, 'how it came');
    },
  },

  async 'the address may be that of a base path'({ apiUrl, control, createClient }) {
    await control.answer({ path: `/v1${listPath}`, body: {} });
    await createClient({ endpoint: `${apiUrl}/v1/` }).call(listKernels, {});
    equal((await control.requests({ place: 'api' }))[0]?.path, `/v1${listPath}`, 'the path');
  },

  async 'a call by name sends and gives back JSON as it is'({ control, createClient }) {
    const body = { kernels: [{ id: 1 }], error: 'not ours to judge' };
    await control.answer({ path: listPath, body });
    const answer = await createClient().call('kernels.KernelsApiService', 'ListKernels', { user: 'me', future: [1] });
    equal(answer, body, 'the answer');
    equal((await control.requests({ path: listPath }))[0]?.json, { user: 'me', future: [1] }, 'the body');
  },

  async 'callRaw gives the response itself'({ control, createClient }) {
    await control.answer({ path: listPath, body: { kernels: [] }, headers: { 'x-served-by': 'a test' } });
    const response = await createClient().callRaw('kernels.KernelsApiService', 'ListKernels', {});
    equal(response.status, 200, 'the status');
    equal(response.headers.get('x-served-by'), 'a test', 'a header');
    equal(await response.text(), '{"kernels":[]}', 'the text');
  },

  async 'callRaw takes a typed method too'({ control, createClient }) {
    await control.answer({ path: statusPath, body: { status: 'QUEUED' } });
    const response = await createClient().callRaw(getKernelSessionStatus, kernel);
    equal(await response.json(), { status: 'QUEUED' }, 'the answer');
  },

  async 'defaults of the answer are filled'({ control, createClient }) {
    await control.answer({ path: '/GetDataset', body: {} });
    const answer = await createClient().call(getDataset, { ownerSlug: 'alice', datasetSlug: 'things' });
    equal([answer.ref, answer.isPrivate, answer.viewCount], ['', false, 0], 'a text, a flag and a number');
    equal([answer.files, answer.tags, answer.versions], [[], [], []], 'lists');
    ok(answer.title === undefined && answer.lastUpdated === undefined, 'optional fields are undefined');
  },

  async 'empty fields of the request are not sent'({ control, createClient }) {
    await control.answer({ path: '/SaveKernel', body: {} });
    await createClient().call(saveKernel, { slug: 'alice/a-kernel', isPrivate: false, datasetDataSources: [] });
    const body = (await control.requests({ path: '/SaveKernel' }))[0]?.json as Record<string, unknown>;
    equal(body.slug, 'alice/a-kernel', 'the slug');
    ok(!('datasetDataSources' in body) && !('newTitle' in body), 'an empty list and a missing text are left out');
  },

  async 'unknown fields of the answer are kept'({ control, createClient }) {
    await control.answer({ path: statusPath, body: { status: 'COMPLETE', novelty: { deep: [1, 'x'] } } });
    const answer = await createClient().call(getKernelSessionStatus, kernel);
    equal((answer as unknown as { novelty: unknown }).novelty, { deep: [1, 'x'] }, 'the new field');
  },

  async 'an unknown value of an enumeration is kept'({ control, createClient }) {
    await control.answer({ path: statusPath, body: { status: 'TELEPORTED' } });
    equal((await createClient().call(getKernelSessionStatus, kernel)).status, 'TELEPORTED', 'the status');
  },

  async 'integers beyond 2^53 are not rounded, in both directions'({ control, createClient }) {
    const headers = { 'content-type': 'application/json' };
    await control.answer({ path: '/SaveKernel', headers, body: '{"kernelId":9007199254740993,"versionNumber":3}' });
    const answer = await createClient().call(saveKernel, { id: '9007199254740995', slug: 'alice/a-kernel' });
    equal(answer.kernelId, '9007199254740993', 'the large one');
    equal(answer.versionNumber, 3, 'a small one');
    includes((await control.requests({ path: '/SaveKernel' }))[0]?.text ?? '', ':9007199254740995', 'the request');
  },

  async 'times are dates'({ control, createClient }) {
    await control.answer({ path: '/GetDataset', body: { lastUpdated: '2024-05-06T07:08:09.123456789Z' } });
    const { lastUpdated } = await createClient().call(getDataset, { ownerSlug: 'alice', datasetSlug: 'things' });
    equal(lastUpdated?.toISOString(), '2024-05-06T07:08:09.123Z', 'the time');
  },

  async 'any text survives'({ control, createClient }) {
    const text = 'Zürich — 東京 🜁 \u2028 "quoted" \\ </script> \u0000 end';
    await control.answer({ path: '/GetDataset', body: { title: text } });
    const answer = await createClient().call(getDataset, { ownerSlug: 'ältere', datasetSlug: '日本' });
    equal(answer.title, text, 'the answer');
    equal(
      (await control.requests({ path: '/GetDataset' }))[0]?.json,
      { ownerSlug: 'ältere', datasetSlug: '日本' },
      'the request',
    );
  },

  async 'whoAmI and introspect say who the token stands for'({ createClient, user }) {
    const client = createClient();
    equal(await client.whoAmI(), user, 'whoAmI');
    equal(await client.introspect(), { active: true, username: user, userId: 7 }, 'introspect');
  },

  async 'user name and key go as HTTP Basic'({ control, createClient }) {
    await control.answer({ path: listPath, body: {} });
    await createClient({ token: undefined, username: 'alice', key: 'a-key' }).call(listKernels, {});
    const [request] = await control.requests({ path: listPath });
    equal(request?.headers.authorization, `Basic ${btoa('alice:a-key')}`, 'the credential');
  },

  async 'the token may come from a function'({ control, createClient, token }) {
    await control.answer({ path: listPath, body: {} });
    await createClient({ token: async () => token }).call(listKernels, {});
    equal((await control.requests({ path: listPath }))[0]?.headers.authorization, `Bearer ${token}`, 'the credential');
  },

  async 'an abort rejects with the reason of the caller, at once'({ control, createClient }) {
    await control.fault({ kind: 'stall', on: 'request', match: { method: 'ListKernels' } });
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = createClient().call(listKernels, {}, { signal: controller.signal });
    setTimeout(() => controller.abort(reason), 100);
    ok((await rejection(call)).error === reason, 'the error is the reason itself');
  },

  async 'an abort before the call sends nothing'({ control, createClient }) {
    const reason = { why: 'not today' };
    const call = createClient().call(listKernels, {}, { signal: AbortSignal.abort(reason) });
    ok((await rejection(call)).error === (reason as unknown), 'the error is the reason itself');
    equal((await control.requests()).length, 0, 'requests');
  },

  async 'a deadline over all attempts ends in TimeoutError'({ control, createClient }) {
    await control.fault({ kind: 'stall', on: 'request', match: { method: 'ListKernels' } });
    const failure = await rejection(createClient().call(listKernels, {}, { timeout: 0.3 }), 'TimeoutError');
    includes(failure.message, 'ListKernels', 'the message');
  },

  async 'a busy server is asked again when that is harmless'({ control, createClient }) {
    await control.answer({ path: statusPath, status: 503, headers: { 'retry-after': '0' }, body: '', times: 2 });
    await control.answer({ path: statusPath, body: { status: 'COMPLETE' } });
    equal((await createClient().call(getKernelSessionStatus, kernel)).status, 'COMPLETE', 'the status');
    equal((await control.requests({ path: statusPath })).length, 3, 'attempts');
  },

  async 'SaveKernel is sent once, whatever happens'({ control, createClient }) {
    await control.answer({ path: '/SaveKernel', status: 503, headers: { 'retry-after': '0' }, body: '', times: 5 });
    const { fields } = await rejection(createClient().call(saveKernel, { slug: 'alice/a-kernel' }), 'ApiError');
    equal(fields.status, 503, 'the status');
    equal((await control.requests({ path: '/SaveKernel' })).length, 1, 'attempts');
  },

  async 'Retry-After of a 429 is waited for'({ control, createClient }) {
    await control.answer({ path: statusPath, status: 429, headers: { 'retry-after': '1' }, body: {} });
    await control.answer({ path: statusPath, body: { status: 'COMPLETE' } });
    const started = Date.now();
    await createClient().call(getKernelSessionStatus, kernel);
    const waited = Date.now() - started;
    ok(waited >= 950, `about a second passes, not half of it (${waited} ms)`);
    equal((await control.requests({ path: statusPath })).length, 2, 'attempts');
  },

  async 'verbose writes one line for a call, without secrets'({ control, createClient, token }) {
    await control.answer({ path: statusPath, body: {} });
    const lines: string[] = [];
    await createClient({ verbose: (line) => lines.push(line) }).call(getKernelSessionStatus, kernel);
    equal(lines.length, 1, 'lines');
    includes(lines[0] ?? '', 'GetKernelSessionStatus 200', 'the line');
    ok(!lines[0]?.includes(token), 'the token is not in it');
  },
};
