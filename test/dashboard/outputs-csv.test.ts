import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  columnKind,
  hasHeader,
  isNumeric,
  sortedRows,
  toNumber,
} from '../../examples/dashboard/src/outputs/csv/columns.ts';
import { detectDialect } from '../../examples/dashboard/src/outputs/csv/dialect.ts';
import { createCsvParser } from '../../examples/dashboard/src/outputs/csv/parser.ts';
import { openCsv } from '../../examples/dashboard/src/outputs/csv/source.ts';
import { createDecoder, detectEncoding } from '../../examples/dashboard/src/outputs/text/encoding.ts';

const comma = { delimiter: ',', quote: '"' };

function parse(chunks: readonly string[], dialect = comma): string[][] {
  const parser = createCsvParser(dialect);
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
}

/** A file in memory that counts what is read. */
function fileOf(content: string | Uint8Array, name = 'data.csv') {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const reads: [start: number, end: number][] = [];
  const read = async (start: number, end: number) => {
    reads.push([start, end]);
    return bytes.slice(start, end);
  };
  return { name, size: bytes.length, read, reads };
}

test.each([
  [
    'a,b\n1,2',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\r\n1,2\r\n',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  [
    'a,b\r1,2\r',
    [
      ['a', 'b'],
      ['1', '2'],
    ],
  ],
  ['"a ""x"", b",c\n', [['a "x", b', 'c']]],
  ['"line\r\nbreak",2\n', [['line\r\nbreak', '2']]],
  [
    'a,,\n,,',
    [
      ['a', '', ''],
      ['', '', ''],
    ],
  ],
  ['a\n\n\nb', [['a'], ['b']]],
  ['""\n"x"', [[''], ['x']]],
  ['"a"b,5" disk\n', [['ab', '5" disk']]],
  ['"open,1\n2', [['open,1\n2']]],
  ['', []],
])('CSV %j', (text, expected) => {
  expect(parse([text])).toEqual(expected);
});

test('the borders of chunks change nothing, wherever they are', () => {
  const character = fc.constantFrom('a', ',', '"', '\n', '\r', 'é', ' ');
  const text = fc.array(character, { maxLength: 40 }).map((list) => list.join(''));
  fc.assert(
    fc.property(text, fc.array(fc.nat(40), { maxLength: 6 }), (whole, cuts) => {
      const borders = [...new Set(cuts)].sort((a, b) => a - b);
      const chunks = [0, ...borders].map((start, index) => whole.slice(start, borders[index]));
      expect(parse(chunks)).toEqual(parse([whole]));
    }),
  );
});

test('UTF-8 and UTF-16 characters on the border of two pieces', () => {
  const text = 'Größe €\u{1f600} 漢字';
  for (const [encoding, bytes] of [
    ['utf-8', new TextEncoder().encode(text)],
    [
      'utf-16le',
      Uint8Array.from(
        [
          0xff,
          0xfe,
          ...new Uint8Array(Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i)).buffer),
        ].slice(0, 2 + 2 * text.length),
      ),
    ],
  ] as const) {
    for (let cut = 2; cut < bytes.length; cut++) {
      const decoder = createDecoder(bytes.subarray(0, cut));
      expect(decoder.encoding).toBe(encoding);
      expect(decoder.decode(bytes.subarray(0, cut), false) + decoder.decode(bytes.subarray(cut), true)).toBe(text);
    }
  }
});

test('encodings: marks, UTF-16 without one, Windows-1252, damaged UTF-8', () => {
  const utf16 = (text: string) => new Uint8Array(Uint16Array.from([...text].map((c) => c.charCodeAt(0))).buffer);
  expect(detectEncoding(Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]))).toBe('utf-8');
  expect(detectEncoding(utf16('a,b,c\n1,2,3\n'))).toBe('utf-16le');
  expect(detectEncoding(Uint8Array.from([...'Gr\xf6\xdfe;1'].map((c) => c.charCodeAt(0))))).toBe('windows-1252');
  expect(detectEncoding(new TextEncoder().encode('漢字 €'.repeat(50)).fill(0xff, 10, 11))).toBe('utf-8');
  expect(
    createDecoder(Uint8Array.from([0xef, 0xbb, 0xbf, 0x61])).decode(Uint8Array.from([0xef, 0xbb, 0xbf, 0x61]), true),
  ).toBe('a');
});

test.each([
  ['x.csv', 'a;b;c\n1,5;2;3\n', { delimiter: ';', quote: '"' }],
  ['x.csv', 'a\tb\n1\t2\n', { delimiter: '\t', quote: '"' }],
  ['x.tsv', 'a,b\tc\n1,2\t3\n', { delimiter: '\t', quote: '"' }],
  ['x.csv', 'a|b|c\n"x|y"|2|3\n', { delimiter: '|', quote: '"' }],
  ['x.csv', 'name,note\n"a, b",c\nd,"e,\nf"\n', comma],
  ['x.csv', "a,b\n'x, y',2\n'z, w',3\n", { delimiter: ',', quote: "'" }],
  ['x.csv', 'one column\nof, sometimes, commas\n', comma],
  ['x.csv', `a,b\n"stray,2\n${'x,y\n'.repeat(50)}`, { delimiter: ',', quote: '' }],
  ['x.csv', '', comma],
])('dialect of %s: %j', (name, sample, expected) => {
  expect(detectDialect(name, sample)).toEqual(expected);
});

test('numbers as people write them', () => {
  expect(['1', '-2.5', '1e-5', '.5', '1,234,567.8', '3,14', '50%', '+7'].map(toNumber)).toEqual([
    1, -2.5, 1e-5, 0.5, 1234567.8, 3.14, 50, 7,
  ]);
  expect(['', '1.2.3', '2024-01-01', 'abc', '0x1f', '1 2', '- 5'].filter(isNumeric)).toEqual([]);
  expect(columnKind([['1'], ['NaN'], [''], ['2.5']], 0)).toBe('number');
  expect(columnKind([['1'], ['x']], 0)).toBe('text');
  expect(columnKind([[''], ['']], 0)).toBe('text');
});

test('a header is told from data', () => {
  expect(
    hasHeader([
      ['id', 'name'],
      ['1', 'a'],
    ]),
  ).toBe(true);
  expect(
    hasHeader([
      ['1', 'a'],
      ['2', 'b'],
    ]),
  ).toBe(false);
  expect(
    hasHeader([
      ['city', 'land'],
      ['Rome', 'IT'],
      ['Oslo', 'NO'],
    ]),
  ).toBe(true);
  expect(
    hasHeader([
      ['Rome', 'IT'],
      ['Oslo', 'IT'],
    ]),
  ).toBe(false);
  expect(hasHeader([])).toBe(false);
});

test('rows are sorted as numbers or texts; missing values stay last; equal ones keep their order', () => {
  const rows = ['10', '9', '', '9', '-1'].map((cell, index) => [cell, String(index)]);
  const order = (kind: 'number' | 'text', descending: boolean) =>
    sortedRows(rows, (row) => row[0]!, kind, descending).map((index) => rows[index]!.join(':'));
  expect(order('number', false)).toEqual(['-1:4', '9:1', '9:3', '10:0', ':2']);
  expect(order('number', true)).toEqual(['10:0', '9:1', '9:3', '-1:4', ':2']);
});

test('a CSV file of several GB is read in small pieces, on demand', async () => {
  const line = new TextEncoder().encode('1234567,some text\n');
  const size = 5 * 2 ** 30;
  const reads: number[] = [];
  const read = async (start: number, end: number) => {
    reads.push(end - start);
    return Uint8Array.from({ length: end - start }, (_, index) => line[(start + index) % line.length]!);
  };
  const table = openCsv({ name: 'big.csv', size, read });
  await table.more();
  expect(reads).toEqual([64 * 1024]);
  expect(table.rows.length).toBe(Math.floor((64 * 1024) / line.length));
  expect(table.rows.at(-1)).toEqual(['1234567', 'some text']);
  await Promise.all([table.more(), table.more()]);
  expect(reads).toEqual([64 * 1024, 512 * 1024]);
  expect(table.complete).toBe(false);
  // No row is lost or broken at the border of the pieces.
  expect(new Set(table.rows.map((row) => row.join('|')))).toEqual(new Set(['1234567|some text']));
});

test('a table of a file: header, kinds of columns, uneven rows', async () => {
  const table = openCsv(fileOf('\ufeffid,name,score\n1,Ä,0.5\n2,"b, c"\n3,d,1.5,x\n'));
  await table.more();
  expect(table.columns).toEqual([
    { name: 'id', kind: 'number' },
    { name: 'name', kind: 'text' },
    { name: 'score', kind: 'number' },
    { name: 'Column 4', kind: 'text' },
  ]);
  expect(table.rows).toEqual([
    ['1', 'Ä', '0.5'],
    ['2', 'b, c'],
    ['3', 'd', '1.5', 'x'],
  ]);
  expect(table.complete).toBe(true);
  expect(table.facts).toEqual(['2 rows with more or fewer fields than columns.']);
});

test('a file without an end of its quote stops, and can be read without quotes', async () => {
  const row = `${'x'.repeat(98)},y\n`;
  const content = `a,b\n${row.repeat(1000)}"open,1\n${row.repeat(12_000)}`;
  const table = openCsv(fileOf(content));
  while (!table.complete) await table.more();
  expect(table.facts[0]).toMatch(/A quote is never closed/);
  const plain = openCsv(fileOf(content), { dialect: { delimiter: ',', quote: '' } });
  while (!plain.complete) await plain.more();
  expect(plain.rows).toHaveLength(13_001);
});

test('a failed read leaves the rows; the next call continues after them', async () => {
  const file = fileOf('a,b\n'.repeat(40_000));
  const table = openCsv(file);
  await table.more();
  const before = table.rows.length;
  const { read } = file;
  file.read = () => Promise.reject(new Error('offline'));
  await expect(table.more()).rejects.toThrow('offline');
  expect(table.rows).toHaveLength(before);
  file.read = read;
  while (!table.complete) await table.more();
  expect(table.rows).toHaveLength(40_000);
});

test('an empty file has no rows', async () => {
  const table = openCsv(fileOf(''));
  expect(table.complete).toBe(true);
  await table.more();
  expect(table.rows).toEqual([]);
});
