import { describe, expect, test } from 'vitest';
import { redirectOf, stripForOtherOrigin } from '../../src/core/redirect.ts';

const from = 'https://api.kaggle.com/v1/files/secret?token=secret';

function follow(status: number, location: string | undefined, method = 'POST', hop = 0) {
  const headers = new Headers(location === undefined ? {} : { location });
  // A `Response` cannot be made with each of these statuses.
  return redirectOf({ status, headers } as Response, from, method, hop, (fault) => new Error(fault));
}

describe('a redirect', () => {
  test.each<[status: number, method: string, next: string | undefined, keepsBody?: boolean]>([
    [200, 'POST', undefined],
    [299, 'POST', undefined],
    [300, 'POST', 'GET', false],
    [301, 'POST', 'GET', false],
    [302, 'POST', 'GET', false],
    [303, 'PUT', 'GET', false],
    [303, 'HEAD', 'HEAD', false],
    [307, 'POST', 'POST', true],
    [308, 'PUT', 'PUT', true],
    [399, 'GET', 'GET', false],
    [400, 'POST', undefined],
  ])('%i after %s', (status, method, next, keepsBody) => {
    const url = 'https://elsewhere.example/x';
    expect(follow(status, url, method)).toEqual(next && { url, method: next, keepsBody });
    expect(follow(status, undefined, method)).toBeUndefined();
  });

  test('is relative to where it came from', () => {
    expect(follow(302, '../other?x=1')?.url).toBe('https://api.kaggle.com/v1/other?x=1');
    expect(follow(302, '//elsewhere.example')?.url).toBe('https://elsewhere.example/');
  });

  test('is followed twenty times, and not once more', () => {
    expect(follow(302, '/again', 'GET', 19)?.url).toBe('https://api.kaggle.com/again');
    expect(() => follow(302, '/again', 'GET', 20)).toThrow(
      /^https:\/\/api\.kaggle\.com\/…\/secret: more than 20 redirects$/,
    );
  });

  test.each([
    'data:text/plain,x',
    'file:///etc/passwd',
    'javascript:1',
    'http://',
    'https://user:pw@',
  ])('to %s is an error without the query of the first address', (location) => {
    expect(() => follow(302, location)).toThrow(/^https:\/\/api\.kaggle\.com\/…\/secret: redirects to an invalid URL$/);
  });
});

test('another origin receives only the headers that describe the wanted content', () => {
  const wanted = ['accept', 'accept-encoding', 'content-type', 'if-range', 'range', 'user-agent'];
  const headers = new Headers(
    [...wanted, 'authorization', 'cookie', 'proxy-authorization', 'x-api-key', 'x-range'].map((name) => [name, '1']),
  );
  stripForOtherOrigin(headers);
  expect([...headers.keys()]).toEqual(wanted);
});
