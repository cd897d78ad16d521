import { http } from 'kaggle-ts/http';
import { sendWebhook, verifyWebhook } from 'kaggle-ts/jobs';
import { listKernels, saveKernel } from 'kaggle-ts/services/kernels';
import { equal, excludes, includes, ok, rejection } from '../assert.ts';
import type { CaseFunction, Cases, Context } from '../context.ts';

const path = '/kernels.KernelsApiService/ListKernels';

/** Nothing that the foreign origin saw may hold a credential. */
async function nothingLeaked({ control, token }: Context, atLeast: number): Promise<void> {
  const seen = await control.requests({ place: 'other' });
  ok(seen.length >= atLeast, `the foreign origin is asked at least ${atLeast} times (${seen.length})`);
  for (const request of seen) {
    ok(!('authorization' in request.headers), 'no Authorization at the foreign origin');
    ok(!('proxy-authorization' in request.headers), 'no Proxy-Authorization at the foreign origin');
    ok(!('cookie' in request.headers), 'no cookie at the foreign origin');
    excludes(JSON.stringify(request), token, 'what the foreign origin saw');
  }
}

function toSameOrigin(status: number): CaseFunction {
  return async ({ apiUrl, control, createClient, token }) => {
    await control.answer({ path, status, headers: { location: `${apiUrl}/moved/here` } });
    await control.answer({ path: '/moved/here', body: { kernels: [] } });
    await createClient().call(listKernels, { user: 'alice' });
    const [first, second] = await control.requests({ place: 'api' });
    equal(first?.headers.authorization, `Bearer ${token}`, 'the credential of the first request');
    equal(second?.path, '/moved/here', 'the path of the second');
    equal(second?.headers.authorization, `Bearer ${token}`, 'the credential of the second');
    const repeats = status === 307 || status === 308;
    equal(second?.method, repeats ? 'POST' : 'GET', 'the method of the second');
    equal(second?.json, repeats ? { user: 'alice' } : undefined, 'the body of the second');
  };
}

function toOtherOrigin(status: number): CaseFunction {
  return async (context) => {
    const { control, createClient, otherUrl } = context;
    await control.answer({ path, status, headers: { location: `${otherUrl}/moved/away` } });
    await createClient().call(listKernels, {});
    await nothingLeaked(context, 1);
  };
}

const statuses = [301, 302, 303, 307, 308];

export const redirects: Cases = {
  ...Object.fromEntries(statuses.map((status) => [`${status} to the same origin`, toSameOrigin(status)])),
  ...Object.fromEntries(
    statuses.map((status) => [`${status} to another origin: the token stays`, toOtherOrigin(status)]),
  ),

  async 'out and back: the token does not go to the other origin in between'(context) {
    const { apiUrl, control, createClient, otherUrl } = context;
    await control.answer({ path, status: 307, headers: { location: `${otherUrl}/between` } });
    await control.answer({ place: 'other', path: '/between', status: 307, headers: { location: `${apiUrl}/back` } });
    await control.answer({ path: '/back', body: {}, headers: { 'access-control-allow-origin': '*' } });
    // A page may refuse the way back: what counts is that nothing leaks.
    await createClient({ retry: false })
      .call(listKernels, {})
      .catch(() => undefined);
    await nothingLeaked(context, 1);
  },

  async 'user name and key do not follow either'(context) {
    const { control, createClient, otherUrl } = context;
    await control.answer({ path, status: 307, headers: { location: `${otherUrl}/moved` } });
    await createClient({ token: undefined, username: 'alice', key: 'k' }).call(listKernels, {});
    await nothingLeaked(context, 1);
  },

  async 'callRaw keeps the token at home'(context) {
    const { control, createClient, otherUrl } = context;
    await control.answer({ path, status: 302, headers: { location: `${otherUrl}/file/a.txt` } });
    const response = await createClient().callRaw(listKernels, {});
    equal(await response.text(), 'content of /file/a.txt\n', 'the content');
    await nothingLeaked(context, 1);
  },

  async 'http(client) sends no credential to a foreign address'(context) {
    const { createClient, otherUrl } = context;
    const send = http(createClient());
    const echo = (await send.get(`${otherUrl}/echo/get`).json()) as { headers: Record<string, string> };
    ok(!('authorization' in echo.headers), 'no Authorization by default');
    const given = await send.post(`${otherUrl}/echo/post`, { json: { a: 1 }, headers: { 'x-mine': 'yes' } }).json();
    const { headers, body } = given as { headers: Record<string, string>; body: string };
    equal([headers['x-mine'], body], ['yes', '{"a":1}'], 'what was asked for arrives');
    await nothingLeaked(context, 2);
  },

  async 'http(client) sends the credential to the API'({ control, createClient, token }) {
    await control.answer({ path: '/anything', body: { fine: true } });
    equal(await http(createClient()).post('anything', { json: {} }).json(), { fine: true }, 'the answer');
    equal(
      (await control.requests({ path: '/anything' }))[0]?.headers.authorization,
      `Bearer ${token}`,
      'the credential',
    );
  },

  async 'http(client) refuses a redirect where it is told to'(context) {
    const { control, createClient, otherUrl } = context;
    await control.answer({ path: '/anything', status: 302, headers: { location: `${otherUrl}/moved` } });
    const call = http(createClient()).get('anything', { redirect: 'error', retry: 0 });
    const failure = await call.then(
      () => undefined,
      (error: unknown) => error as Error,
    );
    ok(failure !== undefined, 'it rejects');
    equal((await control.requests({ place: 'other' })).length, 0, 'requests to the foreign origin');
  },

  async 'headers of a call stay with the API'({ control, createClient, otherUrl, runtime }) {
    await control.answer({ path, status: 302, headers: { location: `${otherUrl}/moved` } });
    await createClient().call(
      listKernels,
      {},
      {
        // A browser follows by itself, and takes along what the foreign origin allows.
        headers: { cookie: 'c=1', accept: 'a/b', ...(runtime !== 'chromium' && { 'x-api-key': 'k' }) },
      },
    );
    const [seen] = await control.requests({ place: 'other' });
    ok(!('x-api-key' in seen!.headers) && !('cookie' in seen!.headers), 'nothing that was meant for the API');
    equal(seen!.headers.accept, 'a/b', 'what was asked for');
  },

  async 'a loop ends'({ apiUrl, control, createClient, runtime }) {
    await control.answer({ path, status: 307, headers: { location: `${apiUrl}/api/v1${path}` }, times: 60 });
    // A browser follows by itself, and says no more than that there was no answer.
    const name = runtime === 'chromium' ? 'ConnectionError' : 'ApiError';
    await rejection(createClient({ retry: false }).call(listKernels, {}), name);
    ok((await control.requests({ place: 'api' })).length < 30, 'it gives up early');
  },

  async 'a request with a secret in its body does not follow to another origin'(context) {
    const { control, createClient, otherUrl, token } = context;
    await control.answer({ path: '/IntrospectToken', status: 307, headers: { location: `${otherUrl}/moved` } });
    await rejection(createClient({ retry: false }).introspect(), 'ApiError');
    const seen = await control.requests({ place: 'other' });
    excludes(JSON.stringify(seen), token, 'what the foreign origin saw');
  },

  async 'a 307 of SaveKernel does not count as a retry'({ apiUrl, control, createClient }) {
    await control.answer({ path: '/SaveKernel', status: 307, headers: { location: `${apiUrl}/moved/save` } });
    await control.answer({ path: '/moved/save', body: { ref: '/code/alice/a-kernel', versionNumber: 2 } });
    const answer = await createClient().call(saveKernel, { slug: 'alice/a-kernel', text: 'print(1)' });
    equal(answer.versionNumber, 2, 'the version');
    equal((await control.requests({ place: 'api' })).length, 2, 'requests');
  },

  async 'a signed webhook reaches its own address only'(context) {
    const { apiUrl, control, otherUrl } = context;
    const options = { secret: `whsec_${'c2VjcmV0'.repeat(4)}`, retries: 0 };
    const message = { id: 'job-7', payload: { name: 'Zoë' } };
    const send = () => sendWebhook(`${otherUrl}/file/hook`, message, options);
    const cors = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
    const rule = { place: 'other', method: 'POST' } as const;
    await control.answer({ ...rule, status: 307, headers: { ...cors, location: `${apiUrl}/moved` } });
    includes((await rejection(send, 'WebhookError')).message, 'it redirects', 'the error');
    equal((await control.requests({ place: 'api' })).length, 0, 'requests to the target of the redirect');

    await control.answer({ ...rule, headers: cors, body: {} });
    equal(await send(), { status: 200 }, 'the delivery');
    const posts = (await control.requests({ place: 'other' })).filter(({ method }) => method === 'POST');
    const { headers, text = '' } = posts.at(-1)!;
    const { id, payload } = await verifyWebhook({ headers, body: text }, options.secret);
    equal([id, payload], ['job-7', message.payload], 'the verified message');
    const changed = { headers, body: text.replace('Z', 'z') };
    await rejection(() => verifyWebhook(changed, options.secret), 'WebhookError');
  },
};
