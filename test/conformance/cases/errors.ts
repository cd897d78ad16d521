import { createDataset } from 'kaggle-ts/services/datasets';
import { getKernelSessionStatus, listKernels } from 'kaggle-ts/services/kernels';
import { equal, everythingOf, excludes, includes, ok, rejection } from '../assert.ts';
import type { Cases, Context } from '../context.ts';
import type { Answer } from '../control.ts';

const kernel = { userName: 'alice', kernelSlug: 'a-kernel' };
const path = '/kernels.KernelsApiService/GetKernelSessionStatus';
const method = 'kernels.KernelsApiService/GetKernelSessionStatus';

/** The error of a call that is answered like this; nothing is retried. */
async function failing({ control, createClient }: Context, answer: Answer, name: string) {
  await control.answer({ path, ...answer });
  const failure = await rejection(createClient({ retry: false }).call(getKernelSessionStatus, kernel), name);
  equal(failure.fields.isKaggleError, true, 'it is recognised by name');
  equal(failure.fields.method, method, 'the method in the error');
  return failure;
}

export const errors: Cases = {
  async '400 with a message and details'(context) {
    const body = {
      code: 3,
      message: 'kernelSlug: must not be empty',
      details: [{ '@type': 'x', fieldViolations: [] }],
    };
    const { fields, message } = await failing(context, { status: 400, body }, 'ApiError');
    equal([fields.status, fields.code], [400, 3], 'status and code');
    includes(message, 'must not be empty', 'the message');
  },

  async '401 is an AuthenticationError'(context) {
    const { fields } = await failing(
      context,
      { status: 401, body: { code: 401, message: 'who?' } },
      'AuthenticationError',
    );
    equal([fields.status, fields.code], [401, 401], 'status and code');
  },

  'a certificate that nobody vouches for: no request is made': {
    only: ['tls', 'h2'],
    async run({ control, createClient, untrustedUrl }) {
      const client = createClient({ endpoint: untrustedUrl, retry: false });
      const { error } = await rejection(client.call(getKernelSessionStatus, kernel), 'ConnectionError');
      excludes(everythingOf(error), 'KGAT_', 'the error');
      equal((await control.requests()).length, 0, 'requests');
    },
  },

  async '401 of the emulator for a token that it does not know'({ createClient }) {
    const client = createClient({ token: 'KGAT_unknown_to_all' });
    const failure = await rejection(client.call(getKernelSessionStatus, kernel), 'AuthenticationError');
    excludes(everythingOf(failure.error), 'KGAT_unknown_to_all', 'the error');
  },

  async '403 is a PermissionError'(context) {
    const { fields } = await failing(context, { status: 403, body: { message: 'not yours' } }, 'PermissionError');
    equal(fields.status, 403, 'status');
  },

  async '404 is a NotFoundError'(context) {
    const { message } = await failing(
      context,
      { status: 404, body: { code: 404, message: 'no such kernel' } },
      'NotFoundError',
    );
    includes(message, 'no such kernel', 'the message');
  },

  async '409 is an ApiError with its code'(context) {
    const { fields } = await failing(context, { status: 409, body: { code: 409, message: 'taken' } }, 'ApiError');
    equal([fields.status, fields.code], [409, 409], 'status and code');
  },

  async '429 is a RateLimitError that says how long to wait'(context) {
    const answer = { status: 429, headers: { 'retry-after': '7' }, body: {} };
    const { fields } = await failing(context, answer, 'RateLimitError');
    equal(fields.retryAfterMs, 7000, 'milliseconds to wait');
  },

  async '500 is an ApiError'(context) {
    const { fields } = await failing(context, { status: 500, body: { message: 'oh' } }, 'ApiError');
    equal([fields.status, fields.code], [500, 0], 'status and code');
  },

  async 'a web page instead of JSON'(context) {
    const body = '<!doctype html><title>Down for maintenance</title><p>secret page content</p>';
    const { message, fields } = await failing(context, { status: 502, body }, 'ApiError');
    equal(fields.status, 502, 'the status');
    includes(message, 'web page', 'the message');
    excludes(message, 'secret page content', 'the message');
  },

  async 'a web page with status 200 is an error too'(context) {
    const { message } = await failing(context, { status: 200, body: '<html><body>Sign in</body></html>' }, 'ApiError');
    includes(message, 'web page', 'the message');
  },

  async 'an empty body'(context) {
    includes((await failing(context, { status: 500, body: '' }, 'ApiError')).message, 'empty', 'the message of a 500');
    includes((await failing(context, { status: 200, body: '' }, 'ApiError')).message, 'empty', 'the message of a 200');
  },

  async 'broken JSON'(context) {
    const answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"status": "COMPL' };
    includes((await failing(context, answer, 'ApiError')).message, 'not valid JSON', 'the message');
  },

  async 'a code that is a text'(context) {
    const { fields } = await failing(context, { status: 400, body: { code: '400', message: 'bad' } }, 'ApiError');
    equal(fields.code, 400, 'digits are read');
    const other = await failing(context, { status: 400, body: { code: 'ENOPE', message: 'bad' } }, 'ApiError');
    equal(other.fields.code, 0, 'a word is no code');
  },

  async 'a 200 whose code says otherwise'(context) {
    const body = { code: 403, message: 'not for you' };
    const { fields } = await failing(context, { status: 200, body }, 'PermissionError');
    equal([fields.status, fields.code], [200, 403], 'status and code');
  },

  async 'an error inside the answer of a create call'({ control, createClient }) {
    await control.answer({ path: '/CreateDataset', body: { error: 'The title is taken', status: 'error' } });
    const call = createClient().call(createDataset, { ownerSlug: 'alice', slug: 'a-dataset', title: 'A dataset' });
    const { fields, message } = await rejection(call, 'ApiError');
    includes(message, 'The title is taken', 'the message');
    equal(fields.status, 200, 'the status');
  },

  async 'the same answer, by name, is handed on'({ control, createClient }) {
    await control.answer({ path: '/CreateDataset', body: { error: 'The title is taken' } });
    const answer = await createClient().call('datasets.DatasetApiService', 'CreateDataset', {});
    equal(answer, { error: 'The title is taken' }, 'the answer');
  },

  async 'without a token nothing is sent, and the ways that there are here are named'({
    control,
    createClient,
    runtime,
  }) {
    const client = createClient({ token: undefined });
    const { message, fields } = await rejection(
      client.call(createDataset, { slug: 'a-dataset' }),
      'AuthenticationError',
    );
    equal(fields.status, 0, 'the status');
    const ways: Partial<Record<typeof runtime, string[]>> = {
      workerd: ['createClient({ token })', 'wrangler secret put KAGGLE_API_TOKEN'],
      chromium: ["createClient({ endpoint, credential: 'proxy' })", 'your own proxy'],
    };
    for (const way of ways[runtime] ?? ['createClient({ token })', 'KAGGLE_API_TOKEN', 'kaggle.json'])
      includes(message, way, 'the message');
    equal((await control.requests()).length, 0, 'requests');
  },

  async 'a request of the wrong shape is refused before anything is sent'({ control, createClient }) {
    const call = createClient().call(getKernelSessionStatus, { userName: 5, kernelSlug: 'x' } as never);
    const { fields } = await rejection(call, 'ValidationError');
    equal(fields.issues[0]?.path, 'userName', 'the path of the issue');
    equal((await control.requests()).length, 0, 'requests');
  },

  async 'a field that does not exist is refused before anything is sent'({ control, createClient }) {
    const call = createClient().call(listKernels, { usr: 'alice' } as never);
    const { fields } = await rejection(call, 'ValidationError');
    includes(JSON.stringify(fields.issues), 'usr', 'the issues');
    equal((await control.requests()).length, 0, 'requests');
  },

  async 'no answer at all is a ConnectionError'({ createClient }) {
    // Port 9 discards; nobody listens there.
    const client = createClient({ endpoint: 'http://127.0.0.1:9', retry: false });
    const { message } = await rejection(client.call(listKernels, {}), 'ConnectionError');
    includes(message, 'ListKernels', 'the message');
  },

  async 'no secret shows in an error'(context) {
    const signed = 'https://storage.example/o/file?X-Goog-Signature=c0ffee&upload_id=s3cret';
    const body = { code: 500, message: `failed at ${signed} with Bearer ${context.token}` };
    const { error, message } = await failing(context, { status: 500, body }, 'ApiError');
    includes(message, 'https://storage.example/…/file', 'the message keeps where the address leads');
    for (const secret of [context.token, 'c0ffee', 's3cret']) excludes(everythingOf(error), secret, 'the error');
    ok(!JSON.stringify(error).includes(context.token), 'its JSON');
  },
};
