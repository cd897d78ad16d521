import { describe, expect, it } from 'vitest';
import { createSseReader } from '../../src/services/kernels/log/sse.ts';

const utf8 = new TextEncoder();

/** Everything a reader gives for `text`, its bytes cut into pieces of `size`. */
function read(text: string, size: number): string[] {
  const reader = createSseReader();
  const bytes = utf8.encode(text);
  const found: string[] = [];
  for (let at = 0; at < bytes.length; at += size) found.push(...reader.push(bytes.subarray(at, at + size)));
  const rest = reader.rest();
  return rest === undefined ? found : [...found, rest];
}

describe('server-sent event lines', () => {
  const event = '{"stream_name":"stdout","time":1,"data":"naïve ☃ Å… 😀\\u0085"}';
  const cases: [string, string, string[]][] = [
    ['LF', `data: a\n\ndata: b\n\n`, ['a', 'b']],
    ['CRLF', `data: a\r\n\r\ndata: b\r\n\r\n`, ['a', 'b']],
    ['CR', `data: a\r\rdata: b\r\r`, ['a', 'b']],
    ['mixed line ends', `data: a\r\ndata: b\rdata: c\n`, ['a', 'b', 'c']],
    ['no space after the colon', `data:a\ndata:  b\n`, ['a', ' b']],
    ['empty data', `data:\ndata\n`, ['', '']],
    ['comments and other fields', `: keep-alive\n\nid: 1\nevent: message\nretry: 5\ndataset: x\ndata: a\n\n`, ['a']],
    ['UTF-8 of two, three and four bytes', `data: ${event}\n\n`, [event]],
    ['U+0085, U+2028, VT and FF are text', 'data: a\u0085b\u2028c\u000bd\u000ce\n', ['a\u0085b\u2028c\u000bd\u000ce']],
    ['a last line without an end', 'data: a\ndata: END_OF_LOG', ['a', 'END_OF_LOG']],
    ['a byte order mark', '\ufeffdata: a\n', ['a']],
    ['nothing', '', []],
  ];
  for (const [name, text, expected] of cases) {
    it(`reads ${name}, however the bytes are cut`, () => {
      for (const size of [1, 2, 3, 5, 7, 1000]) expect(read(text, size), `pieces of ${size}`).toEqual(expected);
    });
  }

  it('hands an event out as soon as its line is complete', () => {
    const reader = createSseReader();
    expect(reader.push(utf8.encode('data: a'))).toEqual([]);
    expect(reader.push(utf8.encode('\r'))).toEqual(['a']);
    expect(reader.push(utf8.encode('\ndata: b\n'))).toEqual(['b']);
    expect(reader.rest()).toBeUndefined();
  });
});
