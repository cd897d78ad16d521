import { expect, test } from 'vitest';
import { parseStored, parseStoredObject } from '../../src/core/transfer/upload/answer.ts';

test.each<[string | null, number | undefined]>([
  [null, 0],
  ['bytes=0-0', 1],
  ['bytes=0-262143', 262_144],
  ['bytes 0-9', 10],
  ['0-9', 10],
  ['bytes=5-9', undefined],
  ['bytes=0-', undefined],
  ['', undefined],
])('a 308 with the Range %j: bytes stored', (range, stored) => {
  expect(parseStored(range)).toBe(stored);
});

test.each<[string, string, Record<string, string>, object]>([
  ['an object with its size as a text', '{"size":"12"}', {}, { stored: 12, suspect: undefined }],
  ['an object that says nothing', '{}', {}, { stored: undefined, suspect: undefined }],
  ['a size that is none', '{"size":"-1"}', {}, { stored: undefined, suspect: undefined }],
  ['nothing, with a header of the storage', '', { etag: '"x"' }, { stored: undefined, suspect: undefined }],
  ['nothing at all', '', {}, { stored: undefined, suspect: 'bare' }],
  ['JSON of something else', '["a"]', {}, { stored: undefined, suspect: 'bare' }],
  ['a web page', ' <!DOCTYPE html><p>Sign in', {}, { stored: undefined, suspect: 'page' }],
  ['a page with headers of the storage', '<html>', { 'x-goog-generation': '1' }, { suspect: undefined }],
])('the last answer: %s', (_name, text, headers, said) => {
  expect(parseStoredObject(text, new Headers(headers))).toMatchObject(said);
});

test('checksums of the last answer: a header wins over the body', () => {
  const { sums } = parseStoredObject(
    '{"crc32c":"AAAAAA==","md5Hash":"bbbb"}',
    new Headers({ 'x-goog-hash': 'crc32c=BBBBBB==' }),
  );
  expect(sums).toMatchObject({ crc32c: 'BBBBBB==', md5: 'bbbb' });
});
