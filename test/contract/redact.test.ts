import { describe, expect, test } from 'vitest';
import { redact, redactError, redactUrl } from '../../src/core/redact.ts';

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
    ['no address', 'data:secret-part', '[address]'],
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

test('credentials are not shown, wherever they stand', () => {
  const text = redact(`KGAT_secret-part, Bearer secret.part, basic c2VjcmV0, ${jwe}`);
  expect(text).toBe('KGAT_[redacted], Bearer [redacted], basic [redacted], eyJ[redacted]');
});

test('an error of a runtime is handed on without its fields and with its cause in words', () => {
  const cause = Object.assign(new Error(`connect to ${dataset}`), { path: dataset, code: 'ECONNREFUSED' });
  const safe = redactError(Object.assign(new TypeError('fetch failed', { cause }), { url: dataset }));
  expect([safe.name, safe.cause]).toEqual(['TypeError', undefined]);
  expect(safe.message).toBe('fetch failed (connect to https://storage.googleapis.com/…/archive.zip)');
  expect(JSON.stringify(safe)).toBe('{"name":"TypeError"}');
});
