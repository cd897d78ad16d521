import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { IntegrityError, KaggleError, TransferError, ValidationError } from '../../src/core/errors.ts';
import { redact, redactError, redactUrl } from '../../src/core/redact.ts';
import { growth, proportional } from '../growth.ts';

const jwe = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..secret-part.other_part.end';
const output = `https://www.kaggleusercontent.com/kf/123395492/${jwe}/my results.csv`;
const dataset = `https://storage.googleapis.com/kaggle-data-sets/1/2/bundle/archive.zip?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=secret-part`;
const session =
  'https://www.googleapis.com/upload/storage/v1/b/kaggle-data-sets/o?uploadType=resumable&upload_id=secret-part';

describe('of a signed address nothing is shown but its origin and its last segment', () => {
  test.each([
    ['an output', output, 'https://www.kaggleusercontent.com/…/my%20results.csv'],
    ['a dataset', dataset, 'https://storage.googleapis.com/…/archive.zip'],
    ['an upload session', session, 'https://www.googleapis.com/…/o'],
    ['a password', 'https://user:secret-part@proxy.test:8080/a', 'https://proxy.test:8080/a'],
    ['a fragment', 'https://h.test/a/b#secret-part', 'https://h.test/…/b'],
    ['an origin, which needs no slash', 'http://h.test:8080', 'http://h.test:8080'],
    ['no address', 'data:secret-part', '[URL]'],
  ])('%s', (_what, url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  test.each(['', '"', "'", '`', '(', '<', '[', '{', 'url=', '=>', 'at '])('in a text, after %j', (before) => {
    const ends: Record<string, string> = { '(': ')', '<': '>', '[': ']', '{': '}' };
    for (const url of [output, dataset, session, `https://h.test/kf/1/${jwe}`, 'http://u:secret-part@h.test/x']) {
      for (const after of [ends[before] ?? before, ', then more', '.', ': refused', '\n']) {
        const text = redact(`fetch failed ${before}${url}${after}`);
        expect(text).not.toMatch(/secret-part|other_part|signature=s/i);
        expect(text).toContain(new URL(url).origin);
      }
    }
  });

  test('a query that is broken by a blank or a quote keeps no signature', () => {
    const text = redact(
      `https://h.test/o?disposition=attachment; filename="x"&X-Goog-Signature=secret-part&upload_id=secret-part`,
    );
    expect(text).not.toContain('secret-part');
  });
});

describe('however an address is written, and whatever stands around it', () => {
  const written: Record<string, (url: string) => string> = {
    'as it is': (url) => url,
    'in JSON that escapes slashes': (url) => JSON.stringify({ url }).replaceAll('/', '\\/'),
    'in JSON in JSON': (url) => JSON.stringify(JSON.stringify({ url }).replaceAll('/', '\\/')),
    'with its slashes as \\u002f': (url) => url.replaceAll('/', '\\u002F'),
    'as \\x2f': (url) => url.replaceAll('/', '\\x2f'),
    'percent-encoded': encodeURIComponent,
    'percent-encoded twice': (url) => encodeURIComponent(encodeURIComponent(url)),
    'in HTML': (url) => url.replaceAll('&', '&amp;').replaceAll('/', '&#x2F;'),
    'with backslashes': (url) => url.replaceAll('/', '\\'),
    'with one slash': (url) => url.replace('//', '/'),
    'as a parameter of another': (url) => `https://proxy.test/get?url=${encodeURIComponent(url)}`,
    'in capitals': (url) => url.replace('https', 'HTTPS'),
  };
  const secrets = [
    output,
    dataset,
    session,
    'https://u:secret-part@h.test/a/x',
    'https://h.test/secret-part/b?sig=other_part',
  ];
  const around = [
    '"',
    "'",
    '`',
    '«»',
    '“”',
    '‘’',
    '（）',
    '【】',
    '[]',
    '()',
    '<>',
    '{}',
    ',',
    ';',
    '…',
    'é',
    '_',
    '=',
    '|',
    '*',
    '',
  ];

  test.each(Object.entries(written))('%s', (_how, write) => {
    for (const url of secrets) {
      for (const pair of around) {
        for (const after of ['', ',', '.', ': refused', ',"x"', '/', '\\n']) {
          const text = redact(`failed ${pair.at(0) ?? ''}${write(url)}${pair.at(-1) ?? ''}${after} end`);
          expect(text).not.toMatch(/secret-part|other_part/i);
          expect(text).toMatch(/^failed.* end$/s);
        }
      }
    }
  });

  test.each([
    ['a quote', '"'],
    ['a bracket', '['],
    ['a backtick', '`'],
    ['a comma', ','],
    ['a letter of another script', 'ж'],
    ['a blank in the query', ' '],
  ])('%s inside of it ends nothing', (_what, mark) => {
    for (const url of [
      `https://h.test/o?name=${mark}x${mark}&sig=secret-part`,
      `https://h.test/o?name=a${mark}b&X-Goog-Date=1&sig=secret-part&z=1`,
      ...(mark === ' '
        ? []
        : [`https://h.test/a${mark}b/secret-part/f.csv`, `https://u:pw${mark}secret-part@h.test/f.csv`]),
    ]) {
      expect(redact(`failed (${url})`)).not.toContain('secret-part');
    }
  });

  test.each([
    'socks5://u:secret-part@proxy.test:1080',
    'u:secret-part@proxy.test',
    '//u:secret-part@h.test/x',
    '/kf/1/f?sig=secret-part',
  ])('a password or a signature without an address of the web: %s', (text) => {
    expect(redact(`proxy ${text} refused`)).not.toContain('secret-part');
  });

  test('what is no address is left as it is', () => {
    for (const text of [
      '12:30, at 5 %',
      'a.csv: no such file',
      'C:\\Users\\me: denied',
      'me@example.test',
      'is it? yes; x=1',
      'monkeyJar',
      'put http:// or https:// before it',
    ])
      expect(redact(text)).toBe(text);
  });

  test.each([
    'https://',
    ...['a:', 'a:b,', '//', '?a', 'token', '.', 'eyJ', '%25', '\\u00', '&#x'],
  ])('a long text of %s takes time in proportion to its length', (piece) => {
    expect(growth((length) => void redact(piece.repeat(length / piece.length)), 20_000)).toBeLessThan(proportional);
  });
});

test('credentials are not shown, wherever they stand', () => {
  const text = redact(`KGAT_secret-part, Bearer secret.part, basic c2VjcmV0, whsec_c2VjcmV0+/=, ${jwe}`);
  expect(text).toBe('KGAT_[redacted], Bearer [redacted], basic [redacted], whsec_[redacted], eyJ[redacted]');
});

test('an error of a runtime is handed on without its fields and with its cause in words', () => {
  const cause = Object.assign(new Error(`connect to ${dataset}`), { path: dataset, code: 'ECONNREFUSED' });
  const safe = redactError(Object.assign(new TypeError('fetch failed', { cause }), { url: dataset }));
  expect([safe.name, safe.cause]).toEqual(['TypeError', undefined]);
  expect(safe.message).toBe('fetch failed (connect to https://storage.googleapis.com/…/archive.zip)');
  expect(JSON.stringify(safe)).toBe('{"name":"TypeError"}');
});

test('an error of ours keeps no address of its cause, whoever makes it', () => {
  const cause = Object.assign(new TypeError(`read of ${output} failed`), { code: 'ECONNRESET', url: dataset });
  for (const error of [
    new KaggleError('x', { cause }),
    new TransferError('x', { cause }),
    new IntegrityError('x', { cause }),
  ]) {
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/secret-part/);
    expect(error.cause).toMatchObject({ name: 'TypeError', code: 'ECONNRESET' });
  }
  const ours = new KaggleError('ours');
  expect(new KaggleError('x', { cause: ours }).cause).toBe(ours);
});

test('nor of its message, as an input that is quoted may be one', () => {
  const error = new ValidationError(`"${output}" is no kernel`, [{ path: 'ref', message: `got ${dataset}` }]);
  expect(inspect(error, { depth: 9 })).not.toContain('secret-part');
  expect(error.message).toContain('"https://www.kaggleusercontent.com/…/my results.csv" is no kernel');
});

test('what is redacted once is not changed by another time', () => {
  const text = `${output} ${dataset} ${session} KGAT_x Bearer y /a?token=z&sig=z u:pw@h https://www.kaggle.com/code/a/b (https://h.test/a/b?c)`;
  expect(redact(redact(text))).toBe(redact(text));
});
