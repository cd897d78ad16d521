import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/core/platform.ts';
import { sendWebhook, signWebhook, verifyWebhook, WebhookError } from '../../src/services/jobs/index.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const newer = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const now = 1_614_265_330_000;
const message = { id: 'job-7', payload: { type: 'job.done', files: ['a.csv'] } };
const url = 'https://hooks.test/services/T0/secret-path';

/** The rejection of `work`, which contains no secret anywhere. */
async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(inspect(error, { depth: 9 })).not.toMatch(/secret-path|MfKQ9r8G|BwcHBwcH/);
  return error as Error;
}

const circular: { self?: unknown } = {};
circular.self = circular;

/** A received webhook, as `signWebhook` and a body make it. */
async function received(body = '{"a":1}', secrets: string | string[] = secret) {
  const headers: Record<string, string> = {
    ...(await signWebhook({ id: 'job-7', body, timestamp: new Date(now) }, secrets)),
  };
  return { headers, body };
}

/** A clock whose pauses take no time and are recorded, and a fetch that gives these responses. */
function setup(...responses: (number | Response | Error)[]) {
  const requests: { url: string; headers: Headers; body: string; redirect: string }[] = [];
  const pauses: number[] = [];
  const clock: Clock = {
    now: () => now + pauses.reduce((sum, ms) => sum + ms, 0),
    sleep: async (ms) => void pauses.push(ms),
    random: () => 0,
  };
  const fetch = async (request: Request) => {
    const { headers, redirect } = request;
    requests.push({ url: request.url, headers, body: await request.text(), redirect });
    const next = responses.shift() ?? 200;
    if (next instanceof Error) throw next;
    return next instanceof Response ? next : new Response(null, { status: next });
  };
  return { requests, pauses, options: { secret, fetch, clock } };
}

describe('signatures', () => {
  test('are those of the Standard Webhooks specification', async () => {
    const body = '{"test": 2432232314}';
    const headers = await signWebhook({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body, timestamp: new Date(now) }, secret);
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('cover the bytes of the body, also beyond ASCII', async () => {
    const { headers } = await received('{"name":"Zoë 🦆"}');
    const hmac = createHmac('sha256', Buffer.from(secret.slice(6), 'base64')).update(
      'job-7.1614265330.{"name":"Zoë 🦆"}',
    );
    expect(headers['webhook-signature']).toBe(`v1,${hmac.digest('base64')}`);
    const body = new TextEncoder().encode('{"name":"Zoë 🦆"}');
    expect((await verifyWebhook({ headers, body }, secret, { now })).payload).toEqual({ name: 'Zoë 🦆' });
  });

  test('of several secrets are all sent, and one that matches is enough', async () => {
    const both = await received('{}', [newer, secret]);
    expect(both.headers['webhook-signature']!.split(' ')).toHaveLength(2);
    for (const known of [secret, newer, [newer, secret]]) await verifyWebhook(both, known, { now });
    const old = await received('{}', secret);
    await verifyWebhook(old, [newer, secret], { now });
    expect(await failure(verifyWebhook(old, newer, { now }))).toBeInstanceOf(WebhookError);
  });
});

describe('verifyWebhook', () => {
  test('takes a request, Headers, and the headers of node:http', async () => {
    const { headers, body } = await received();
    const expected = { id: 'job-7', timestamp: new Date(now), payload: { a: 1 } };
    const request = new Request('https://me.test/', { method: 'POST', headers, body });
    expect(await verifyWebhook(request, secret, { now })).toEqual(expected);
    expect(await verifyWebhook({ headers: new Headers(headers), body }, secret, { now })).toEqual(expected);
    const lists = { ...headers, 'webhook-id': ['job-7'], 'set-cookie': ['ä'], host: undefined };
    expect(await verifyWebhook({ headers: lists, body }, secret, { now })).toEqual(expected);
    const used = await failure(verifyWebhook(request, secret, { now }));
    expect(used.message).toContain('the body of the request was already read; pass { headers, body }');
  });

  test.each([
    ['webhook-id', 'job-8'],
    ['webhook-id', 'job-7.1614265330'],
    ['webhook-timestamp', '1614265331'],
    ['webhook-signature', 'v1,'],
    ['webhook-signature', 'v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    ['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    ['webhook-signature', 'v1,!!! v1,'],
    ['webhook-signature', `${'v1,AAAA '.repeat(500)}`],
  ])('refuses another %s: %.30s', async (name, value) => {
    const { headers, body } = await received();
    const error = await failure(verifyWebhook({ headers: { ...headers, [name]: value }, body }, secret, { now }));
    expect(error).toBeInstanceOf(WebhookError);
    expect(error.message).toMatch(/^cannot accept the webhook: no signature matches; check that the secret/);
  });

  test('refuses a changed body, by a byte or by white space', async () => {
    const { headers } = await received('{"a":1}');
    for (const body of ['{"a":2}', '{"a": 1}', '{"a":1}\n', '']) {
      expect((await failure(verifyWebhook({ headers, body }, secret, { now }))).message).toContain(
        'no signature matches',
      );
    }
  });

  test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('names the missing header %s', async (name) => {
    const { headers, body } = await received();
    delete headers[name];
    const { message } = await failure(verifyWebhook({ headers, body }, secret, { now }));
    expect(message).toBe(`cannot accept the webhook: the header ${name} is missing`);
  });

  test('accepts five minutes in both directions, or the given tolerance', async () => {
    const webhook = await received();
    const at = (seconds: number, tolerance?: number) =>
      verifyWebhook(webhook, secret, { now: now + seconds * 1000, ...(tolerance !== undefined && { tolerance }) });
    for (const seconds of [-300, 0, 300]) await at(seconds);
    await at(3600, 3600);
    expect((await failure(at(301))).message).toContain('it was signed 301 s ago, and at most 300 s are accepted');
    expect((await failure(at(-301))).message).toContain('it was signed 301 s in the future');
    expect((await failure(at(11, 10))).message).toContain('11 s ago, and at most 10 s');
    for (const timestamp of ['', 'now', '1e9', '-1', '1614265330.5', '9'.repeat(13)]) {
      const headers = { ...webhook.headers, 'webhook-timestamp': timestamp };
      const { message } = await failure(verifyWebhook({ ...webhook, headers }, secret, { now }));
      expect(message).toMatch(/is missing|is not a number of seconds/);
    }
  });

  test('refuses unknown options', async () => {
    const error = await failure(verifyWebhook(await received(), secret, { tolerence: 9 } as object));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.message).toBe('verifyWebhook: tolerence: no such option; did you mean tolerance?');
  });

  test('stops reading a large body', async () => {
    const { headers } = await received();
    let read = 0;
    const body = new ReadableStream({
      pull(controller) {
        read += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const request = new Request('https://me.test/', { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
    expect((await failure(verifyWebhook(request, secret, { now }))).message).toContain('larger than 1048576 bytes');
    expect(read).toBeLessThan(2 << 20);
  });

  test('says that a body is not JSON, after its signature', async () => {
    expect((await failure(verifyWebhook(await received('a=1'), secret, { now }))).message).toContain(
      'body is not JSON',
    );
  });
});

describe('sendWebhook', () => {
  test('sends JSON that the receiver can verify', async () => {
    const { requests, options } = setup(204);
    expect(await sendWebhook(url, message, options)).toEqual({ status: 204 });
    const [{ headers, body, redirect }] = requests as [(typeof requests)[0]];
    expect([headers.get('content-type'), redirect]).toEqual(['application/json', 'manual']);
    expect(await verifyWebhook({ headers, body }, secret, { now })).toEqual({ ...message, timestamp: new Date(now) });
  });

  test('retries with growing pauses; the ID stays and each attempt is signed at its time', async () => {
    const lost = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const { requests, pauses, options } = setup(
      503,
      lost,
      new Response('', { status: 429, headers: { 'retry-after': '20' } }),
    );
    await sendWebhook(url, message, options);
    expect(pauses).toEqual([500, 1000, 20_000]);
    expect(requests.map(({ headers }) => headers.get('webhook-id'))).toEqual(Array(4).fill('job-7'));
    const last = requests[3]!;
    await verifyWebhook({ ...last }, secret, { now: now + 21_500, tolerance: 1 });
  });

  test.each([
    ['a status', 503, 'in 2 attempts: the receiver responded with 503; send the message again later', 503],
    ['a refusal, at once', 404, ': the receiver responded with 404; check the URL and the secret', 404],
    [
      'a lost connection',
      new TypeError(`error sending request for url (${url}): reset`),
      'no response (error sending request for url (https://hooks.test',
      undefined,
    ],
  ])('%s that lasts is an error', async (_what, response, text, status) => {
    const { options } = setup(response, response, response);
    const error = (await failure(sendWebhook(url, message, { ...options, retries: 1 }))) as WebhookError;
    expect(error).toBeInstanceOf(WebhookError);
    expect(error.message).toContain('cannot deliver the webhook to https://hooks.test');
    expect(error.message).toContain(text);
    expect(error.status).toBe(status);
  });

  test.each([301, 302, 303, 307, 308])('does not follow a redirect (%i), also on the same origin', async (status) => {
    for (const location of ['https://elsewhere.test/', '/moved']) {
      const { requests, options } = setup(new Response(null, { status, headers: { location } }));
      const error = await failure(sendWebhook(url, message, options));
      expect(error.message).toContain('it redirects, which is not followed; pass the final URL');
      expect(requests.map((request) => request.url)).toEqual([url]);
    }
  });

  test('a receiver that never responds is an error after the timeout, and an abort ends at once', async () => {
    // A server that accepts connections and stays silent.
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const silent = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
    try {
      const error = await failure(sendWebhook(silent, message, { secret, timeout: 0.05, retries: 0 }));
      expect(error.message).toBe(
        `cannot deliver the webhook to ${new URL(silent).origin}: no response within 0.05 s; check that the receiver is running`,
      );
      const controller = new AbortController();
      const aborted = sendWebhook(silent, message, { secret, signal: controller.signal });
      controller.abort(new Error('enough'));
      await expect(aborted).rejects.toThrow('enough');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test.each([
    ['http://hooks.test/', 'url: expected an https URL, got http://hooks.test; http is allowed for loopback'],
    ['http://127.0.0.1.hooks.test/', 'url: expected an https URL'],
    ['http://localhost.hooks.test/', 'url: expected an https URL'],
    ['ftp://localhost/', 'url: expected an https URL'],
    ['/hooks', 'url: expected an https URL'],
    ['https://user:secret-path@hooks.test/', 'url: expected a URL without a username and password'],
  ])('refuses the URL %s', async (target, text) => {
    const { requests, options } = setup();
    const error = await failure(sendWebhook(target, message, options));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.message).toContain(`sendWebhook: ${text}`);
    expect(requests).toEqual([]);
  });

  test('http is allowed on this machine', async () => {
    for (const host of ['localhost:8080', 'app.localhost', '127.0.0.1', '127.1.2.3:9', '[::1]:8080']) {
      await sendWebhook(`http://${host}/`, message, setup().options);
    }
  });

  test.each([
    [{ id: 'a.b', payload: 1 }, {}, 'id: expected 1 to 128 letters, digits, "-" or "_", got "a.b"'],
    [{ payload: 1 }, {}, 'id is missing'],
    [{ id: 'a', payload: 1, body: 2 }, {}, 'body: no such option'],
    [
      message,
      { secret: undefined },
      'sendWebhook: secret: expected "whsec_" and 24 to 64 random bytes in base64, got undefined',
    ],
    [message, { secret: [] }, 'got an empty array'],
    [message, { secret: 'secret-path' }, 'expected "whsec_" and 24 to 64 random bytes in base64; create one'],
    [message, { secret: 'whsec_c2VjcmV0LXBhdGg=' }, 'expected "whsec_" and 24 to 64 random bytes'],
    [message, { secret: ['whsec_%%%', secret] }, 'expected "whsec_" and 24 to 64 random bytes'],
    [message, { secrets: secret }, 'secrets: no such option; did you mean secret?'],
    [message, { timeout: '5' }, 'timeout: expected a number of seconds'],
    [{ id: 'a', payload: circular }, {}, 'payload: expected a value that can be written as JSON'],
  ])('refuses %o with %j', async (given, changes, text) => {
    const { requests, options } = setup();
    const error = await failure(sendWebhook(url, given as never, { ...options, ...(changes as object) }));
    expect(error).toBeInstanceOf(ValidationError);
    expect(error.message).toContain(text);
    expect(requests).toEqual([]);
  });
});
