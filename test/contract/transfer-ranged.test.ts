import { describe, expect, test } from 'vitest';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { createAddress } from '../../src/core/transfer/ranged/address.ts';
import {
  classifyResponse,
  type KnownObject,
  type RangeContext,
  type RangeRequest,
} from '../../src/core/transfer/ranged/answer.ts';
import { contentFacts, isPageName, parseContentRange } from '../../src/core/transfer/ranged/content.ts';
import {
  decideRetry,
  explainFailure,
  type Failure,
  firstAttempt,
  type RetryAction,
  type RetryContext,
  type RetryState,
} from '../../src/core/transfer/ranged/retry.ts';

type Headers_ = Record<string, string>;
const known = { total: 100, validator: '"a"', page: false };
const classify = (
  request: RangeRequest,
  object: KnownObject | undefined,
  status: number,
  headers: Headers_ = {},
  asker?: RangeContext,
) => classifyResponse(request, object, { status, headers: new Headers(headers) }, asker);

describe('an answer to a range of a known object', () => {
  const part = { 'content-range': 'bytes 40-99/100', etag: '"a"' };
  const whole = { etag: '"a"', 'content-length': '100' };
  test.each<[string, number, Headers_, string]>([
    ['the range', 206, part, 'part'],
    ['a shorter range', 206, { ...part, 'content-range': 'bytes 40-59/100' }, 'part'],
    ['a range of an unknown total', 206, { ...part, 'content-range': 'bytes 40-99/*' }, 'part'],
    ['a range without a validator', 206, { 'content-range': 'bytes 40-99/100' }, 'part'],
    ['a range of the right length', 206, { ...part, 'content-length': '60' }, 'part'],
    ['a range of another length than it says', 206, { ...part, 'content-length': '61' }, 'unplaced'],
    ['no Content-Range', 206, { etag: '"a"' }, 'unplaced'],
    ['no Content-Range, and the length of the range', 206, { etag: '"a"', 'content-length': '60' }, 'unplaced'],
    ['no Content-Range, and the length of the whole', 206, whole, 'unplaced'],
    ['no Content-Range, of another object', 206, { etag: '"b"' }, 'changed'],
    ['several parts in one body', 206, { 'content-type': 'multipart/byteranges', 'content-length': '300' }, 'unplaced'],
    ['another range', 206, { ...part, 'content-range': 'bytes 41-99/100' }, 'changed'],
    ['the range of a longer object', 206, { ...part, 'content-range': 'bytes 40-99/200' }, 'changed'],
    ['a range beyond the end', 206, { ...part, 'content-range': 'bytes 40-100/100' }, 'changed'],
    ['a Content-Range that is none', 206, { ...part, 'content-range': 'bytes 40' }, 'changed'],
    ['the range of another object, If-Range ignored', 206, { ...part, etag: '"b"' }, 'changed'],
    ['the range of a compressed form', 206, { ...part, 'content-encoding': 'gzip' }, 'changed'],
    ['the whole of it', 200, whole, 'whole'],
    ['the whole of it, without a length', 200, { etag: '"a"' }, 'whole'],
    ['the whole of another', 200, { ...whole, etag: '"b"' }, 'changed'],
    ['the whole of a longer one', 200, { ...whole, 'content-length': '101' }, 'changed'],
    ['something without a validator', 200, { 'content-length': '100' }, 'changed'],
    ['something with a weak validator', 200, { ...whole, etag: 'W/"a"' }, 'changed'],
    ['the whole of it, compressed', 200, { ...whole, 'content-encoding': 'gzip' }, 'changed'],
    ['a page instead of the file', 200, { 'content-type': 'text/html; charset=utf-8' }, 'busy'],
    ['a page with a validator of its own', 200, { 'content-type': 'text/html', etag: '"p"' }, 'busy'],
    ['no such range', 416, { 'content-range': 'bytes */20' }, 'changed'],
    ['no such range, no total', 416, {}, 'changed'],
    ['a request timeout', 408, {}, 'busy'],
    ['too many requests', 429, {}, 'busy'],
    ['an error of the storage', 500, {}, 'busy'],
    ['an error page of a proxy', 503, { 'content-type': 'text/html' }, 'busy'],
    ['an expired address', 400, {}, 'expired'],
    ['a signature of another time', 403, {}, 'expired'],
    ['an object that was moved', 404, {}, 'expired'],
    ['an object that is gone', 410, {}, 'expired'],
    ['a redirect to nowhere', 300, {}, 'refused'],
    ['no content', 204, {}, 'refused'],
    ['an unknown refusal', 405, {}, 'refused'],
  ])('%s', (_name, status, headers, answer) => {
    expect(classify({ start: 40 }, known, status, headers)).toBe(answer);
    expect(classify({ start: 40, end: 100 }, known, status, headers)).toBe(answer);
  });

  test.each<[string, Headers_, string]>([
    ['nothing', { etag: '"a"' }, 'part'],
    ['the length of the range', { etag: '"a"', 'content-length': '60' }, 'part'],
    ['the length of the whole', whole, 'changed'],
    ['another object', { etag: '"b"' }, 'changed'],
    ['several parts in one body', { 'content-type': 'multipart/byteranges', 'content-length': '300' }, 'changed'],
  ])('a page, which does not see Content-Range, goes by the rest: %s', (_name, headers, answer) => {
    expect(classify({ start: 40 }, known, 206, headers, { rangeHidden: true })).toBe(answer);
  });

  test.each<[string, Partial<KnownObject>, Headers_, string]>([
    ['the same weak ETag', { tag: '"w"' }, { etag: 'W/"w"' }, 'part'],
    ['another weak ETag', { tag: '"w"' }, { etag: 'W/"x"' }, 'changed'],
    ['the same checksum', { sums: { crc32c: 'AAAAAA==' } }, { 'x-goog-hash': 'crc32c=AAAAAA==' }, 'part'],
    ['another checksum', { sums: { crc32c: 'AAAAAA==' } }, { 'x-goog-hash': 'crc32c=AAAAAQ==' }, 'changed'],
    ['another MD5', { sums: { md5: 'AAAA' } }, { 'x-goog-hash': 'md5=AAAB' }, 'changed'],
  ])('what a part says of its object counts, where there is no validator: %s', (_name, more, headers, answer) => {
    const object = { ...known, validator: undefined, ...more };
    const range = { 'content-range': 'bytes 40-99/100' };
    expect(classify({ start: 40 }, object, 206, { ...range, ...headers })).toBe(answer);
  });

  test('what was received is all, where the length was never said', () => {
    const open = { ...known, total: undefined } as unknown as typeof known;
    expect(classify({ start: 40 }, open, 416, { 'content-range': 'bytes */40' })).toBe('complete');
    expect(classify({ start: 40 }, open, 416, { 'content-range': 'bytes */41' })).toBe('changed');
    expect(classify({ start: 40 }, known, 416, { 'content-range': 'bytes */40' })).toBe('changed');
  });

  test('an object without a validator may be asked for anew, but nothing is appended', () => {
    const bare = { ...known, validator: undefined } as unknown as typeof known;
    expect(classify({ start: 0 }, bare, 200, { 'content-length': '100' })).toBe('whole');
    expect(classify({ start: 1 }, bare, 200, { 'content-length': '100' })).toBe('changed');
  });

  test('a file that is a page may change', () => {
    const headers = { 'content-type': 'text/html', etag: '"b"' };
    expect(classify({ start: 40 }, { ...known, page: true }, 200, headers)).toBe('changed');
  });
});

describe('a first answer', () => {
  const last = { last: 10 };
  test.each<[string, RangeRequest, number, Headers_, string]>([
    ['the object', { start: 0 }, 200, {}, 'whole'],
    ['a part that nobody asked for', { start: 0 }, 206, { 'content-range': 'bytes 0-9/100' }, 'unplaced'],
    ['an empty range of nothing', { start: 0 }, 416, { 'content-range': 'bytes */0' }, 'refused'],
    ['a busy storage', { start: 0 }, 503, {}, 'busy'],
    ['an expired address', { start: 0 }, 403, {}, 'expired'],
    ['the last bytes', last, 206, { 'content-range': 'bytes 90-99/100' }, 'part'],
    ['all bytes of a short one', last, 206, { 'content-range': 'bytes 0-4/5' }, 'part'],
    ['the first bytes instead', last, 206, { 'content-range': 'bytes 0-9/100' }, 'unplaced'],
    ['more than was asked for', last, 206, { 'content-range': 'bytes 0-99/100' }, 'unplaced'],
    ['one byte of very many', last, 206, { 'content-range': 'bytes 0-0/9000000000000' }, 'unplaced'],
    [
      'another length than it says',
      last,
      206,
      { 'content-range': 'bytes 90-99/100', 'content-length': '11' },
      'unplaced',
    ],
    ['all of it instead', last, 200, {}, 'whole'],
    ['a page instead of the object', { start: 0 }, 200, { 'content-type': 'text/html', etag: '"p"' }, 'busy'],
    ['a page instead of the last bytes', last, 200, { 'content-type': 'text/html' }, 'busy'],
    [
      'an object that is a page',
      { start: 0 },
      200,
      { 'content-type': 'text/html', 'x-goog-hash': 'crc32c=AAAAAA==' },
      'whole',
    ],
    ['the last bytes of an unknown total', last, 206, { 'content-range': 'bytes 90-99/*' }, 'unplaced'],
    ['no Content-Range', last, 206, { 'content-length': '10' }, 'unplaced'],
    [
      'the last bytes of a compressed form',
      last,
      206,
      { 'content-range': 'bytes 90-99/100', 'content-encoding': 'gzip' },
      'unplaced',
    ],
    ['no last bytes: it is empty', last, 416, { 'content-range': 'bytes */0' }, 'complete'],
    ['no last bytes, though it has some', last, 416, { 'content-range': 'bytes */100' }, 'refused'],
    ['no content', last, 204, {}, 'refused'],
    ['a page of an error', last, 503, { 'content-type': 'text/html' }, 'busy'],
  ])('%s', (_name, request, status, headers, answer) => {
    expect(classify(request, undefined, status, headers)).toBe(answer);
  });
});

test('a page may be what was asked for', () => {
  expect(classify({ start: 0 }, undefined, 200, { 'content-type': 'text/html' }, { mayBePage: true })).toBe('whole');
  const pages = ['a.html', 'b.htm', 'C.HTML', 'd.xhtml'];
  expect([...pages, 'e.csv', 'html', 'f.html.zip'].map(isPageName)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test.each([
  ['bytes 5-9/10', { start: 5, end: 10, total: 10 }],
  [' bytes 0-0/* ', { start: 0, end: 1, total: undefined }],
  ['bytes 9-5/10', undefined],
  ['bytes 5-10/10', undefined],
  ['bytes 5-9/99999999999999999999', undefined],
  ['bytes 5-99999999999999999999/*', undefined],
  ['bytes */10', undefined],
  ['items 5-9/10', undefined],
  [null, undefined],
])('Content-Range %j', (header, range) => {
  expect(parseContentRange(header)).toEqual(range);
});

test.each([
  ['text/html', true],
  ['Text/HTML; charset=utf-8', true],
  ['text/htmlx', false],
  ['application/zip', false],
])('%s is a page: %s', (type, page) => {
  expect(contentFacts(new Headers({ 'content-type': type })).page).toBe(page);
});

describe('after a failed request', () => {
  const at: RetryContext = { received: 100, retries: 2, renewable: true };
  const lost: Failure = { type: 'lost', cause: undefined };
  const busy: Failure = { type: 'busy', reason: 'HTTP 503', retryAfterMs: 3000 };
  const expired: Failure = { type: 'expired', status: 403, reason: 'HTTP 403', throughApi: false };
  const changed: Failure = { type: 'changed' };
  const unplaced: Failure = { type: 'unplaced' };
  const ignored: Failure = { type: 'ignored' };
  const refused: Failure = { type: 'refused', reason: 'HTTP 405' };
  const alone = { dispensable: false };
  const others = { dispensable: true };

  test.each<[string, Failure, Partial<RetryContext>, RetryAction]>([
    ['lost after new bytes: at once', lost, alone, { type: 'retry' }],
    ['busy: after the pause that was asked for', busy, alone, { type: 'pause', attempt: 1, retryAfterMs: 3000 }],
    ['a part of unknown place', unplaced, alone, { type: 'pause', attempt: 1, retryAfterMs: undefined }],
    ['all instead of a range', ignored, alone, { type: 'pause', attempt: 1, retryAfterMs: undefined }],
    ['changed: from the start', changed, alone, { type: 'restart' }],
    ['changed, with other connections', changed, others, { type: 'restart' }],
    ['expired: a new address', expired, alone, { type: 'renew' }],
    ['expired, but nobody to ask', expired, { renewable: false }, { type: 'fail' }],
    ['refused, though the address is new', { ...expired, throughApi: true }, alone, { type: 'fail' }],
    ['refused', refused, alone, { type: 'fail' }],
    ['refused, with other connections', refused, others, { type: 'fail' }],
    ['nothing came, with other connections', lost, others, { type: 'release', renew: false }],
    ['all instead of a range, with other connections', ignored, others, { type: 'release', renew: false }],
    ['expired, with other connections', expired, others, { type: 'release', renew: true }],
    [
      'expired, nobody to ask, with other connections',
      expired,
      { ...others, renewable: false },
      { type: 'release', renew: false },
    ],
  ])('%s', (_name, failure, context, action) => {
    const next = decideRetry(firstAttempt, failure, { ...at, ...context });
    expect(next.action).toEqual(action);
    expect(next.state.best).toBe(100);
  });

  /** What follows each of several failures, of which each comes with `received` bytes. */
  function follow(failures: readonly (readonly [Failure, number])[], context: Partial<RetryContext> = {}) {
    let state: RetryState = firstAttempt;
    return failures.map(([failure, received]) => {
      const next = decideRetry(state, failure, { ...at, ...context, received });
      state = next.state;
      return next.action.type === 'pause' ? `pause ${next.action.attempt}` : next.action.type;
    });
  }
  const mib = 2 ** 20;

  test('failures without a new byte end it', () => {
    const none = [lost, 0] as const;
    expect(follow([none, none, none])).toEqual(['retry', 'pause 2', 'fail']);
    expect(follow([[busy, 0], none, [unplaced, 0]])).toEqual(['pause 1', 'pause 2', 'fail']);
    expect(follow([none, [busy, 0], [lost, mib], [lost, mib], [lost, mib]])).toEqual([
      'retry',
      'pause 2',
      'retry',
      'pause 2',
      'fail',
    ]);
  });

  test('a server that drops a little later each time is not given up, and not hurried', () => {
    const small = Array.from({ length: 6 }, (_, index) => [lost, 1 + index] as const);
    expect(follow(small)).toEqual(['retry', 'pause 1', 'pause 2', 'pause 2', 'pause 2', 'pause 2']);
  });

  test('a connection that brought much is replaced at once, as often as it breaks', () => {
    const large = Array.from({ length: 6 }, (_, index) => [lost, (1 + index) * mib] as const);
    expect(follow(large)).toEqual(Array.from({ length: 6 }, () => 'retry'));
  });

  test('a connection that brought much, but broke at once, again and again, is replaced with pauses', () => {
    const large = Array.from({ length: 6 }, (_, index) => [lost, (1 + index) * mib] as const);
    expect(follow(large, { elapsed: 5 })).toEqual(['retry', 'pause 1', 'pause 2', 'pause 2', 'pause 2', 'pause 2']);
    expect(follow(large, { elapsed: 250 })).toEqual(Array.from({ length: 6 }, () => 'retry'));
  });

  test('bytes that were there before are no progress', () => {
    expect(
      follow([
        [changed, 50],
        [changed, 40],
        [changed, 50],
      ]),
    ).toEqual(['restart', 'restart', 'fail']);
  });

  test('one new address without a new byte, and another after one', () => {
    expect(
      follow([
        [expired, 0],
        [expired, 0],
      ]),
    ).toEqual(['renew', 'fail']);
    expect(
      follow([
        [expired, 0],
        [expired, 1],
      ]),
    ).toEqual(['renew', 'renew']);
  });

  test('256 KiB are much, a byte less is not', () => {
    const pieces = (size: number) => Array.from({ length: 3 }, (_, index) => [lost, (1 + index) * size] as const);
    expect(follow(pieces(2 ** 18))).toEqual(['retry', 'retry', 'retry']);
    expect(follow(pieces(2 ** 18 - 1))).toEqual(['retry', 'pause 1', 'pause 2']);
  });

  test.each<[Failure, string, string]>([
    [busy, 'HTTP 503', '; try again'],
    [expired, 'HTTP 403', ''],
    [refused, 'HTTP 405', ''],
    [changed, 'the file changed on the server during the transfer', '; try again'],
    [unplaced, 'the storage sent a partial response without a valid Content-Range', '; try again'],
    [ignored, 'the storage sent the whole file instead of the requested range', '; try again'],
    [lost, 'the connection was lost (no response)', '; try again'],
    [{ type: 'lost', cause: new Error('reset') }, 'the connection was lost (reset)', '; try again'],
  ])('why it ended: %j', (failure, why, advice) => {
    const message = (failures: number) => explainFailure(failure, { ...firstAttempt, failures }, 2);
    expect(message(2)).toBe(`${why}${advice}`);
    expect(message(3)).toBe(`${why}, 3 times in a row without new data${advice}`);
  });
});

describe('the address of an object', () => {
  /** A storage that is asked at whatever address. */
  function storage() {
    const asked: string[] = [];
    const client = createClient({
      token: 'KGAT_test',
      endpoint: 'https://api.test',
      fetch: async (request) => {
        asked.push((request as Request).url);
        return new Response('x');
      },
    });
    return { asked, client };
  }
  const { signal } = new AbortController();

  test('what two requests find expired is renewed once', async () => {
    const { asked, client } = storage();
    let renewals = 0;
    const renew = async () => `https://storage.test/${++renewals}`;
    const address = createAddress(client, { url: 'https://storage.test/0', renew });
    const routes = [address.route(), address.route()];
    await Promise.all(routes.map((route) => route.send({}, signal)));
    routes[0]!.expire();
    await address.route().send({}, signal);
    routes[1]!.expire();
    await address.route().send({}, signal);
    expect(renewals).toBe(1);
    expect(asked.map((url) => url.at(-1))).toEqual(['0', '0', '1', '1']);
  });

  test('a call is asked once more for what two requests find expired', async () => {
    const { client } = storage();
    let calls = 0;
    const address = createAddress(client, async () => {
      calls++;
      return Object.defineProperty(new Response('x'), 'url', { value: `https://storage.test/${calls}` });
    });
    await address.route().send({}, signal);
    const routes = [address.route(), address.route()];
    expect(routes.map(({ throughApi }) => throughApi)).toEqual([false, false]);
    await Promise.all(routes.map((route) => route.send({}, signal)));
    routes[0]!.expire();
    expect(address.throughApi).toBe(true);
    await address.route().send({}, signal);
    routes[1]!.expire();
    expect(address.throughApi).toBe(false);
    expect(calls).toBe(2);
  });
});
