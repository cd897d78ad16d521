import { describe, expect, test } from 'vitest';
import { textOf } from '../../examples/dashboard/src/log/copy.ts';
import { createRows } from '../../examples/dashboard/src/log/rows.ts';
import { createLogStore, type LogStore } from '../../examples/dashboard/src/log/store.ts';
import { createSums } from '../../examples/dashboard/src/log/sums.ts';
import { duration } from '../../examples/dashboard/src/log/time.ts';
import { contentHeight, scrollTopOf, visibleRows } from '../../examples/dashboard/src/log/window.ts';
import { countRows, rowAt, rowBounds } from '../../examples/dashboard/src/log/wrap.ts';

function storeOf(...lines: string[]): LogStore {
  const store = createLogStore();
  // Every third line is of stderr.
  store.append(lines.map((text, at) => ({ stream: at % 3 === 2 ? 'stderr' : 'stdout', time: at, data: `${text}\n` })));
  return store;
}

/** The rows of a text as texts. */
const wrapped = (text: string, columns: number) =>
  Array.from({ length: countRows(text, columns) }, (_, row) => text.slice(...rowBounds(text, columns, row)));

describe('wrapping', () => {
  test.each([
    ['', 4, ['']],
    ['abcd', 4, ['abcd']],
    ['abcdefghi', 4, ['abcd', 'efgh', 'i']],
    ['saved the model', 10, ['saved the ', 'model']],
    ['a longerword', 10, ['a longerwo', 'rd']],
    ['\u65e5\u672c \u8a9e\u8a9e', 6, ['\u65e5\u672c ', '\u8a9e\u8a9e']],
    ['\u65e5\u672c\u8a9e', 5, ['\u65e5\u672c', '\u8a9e']],
    ['a\u{1f680}b\u{1f680}', 4, ['a\u{1f680}b', '\u{1f680}']],
    ['e\u0301e\u0301e\u0301', 2, ['e\u0301e\u0301', 'e\u0301']],
    ['a\tb\tc', 16, ['a\tb\t', 'c']],
    ['\t\t', 4, ['\t', '\t']],
    ['\u2588\u2588\u2588|', 3, ['\u2588\u2588\u2588', '|']],
  ])('%j in %i columns', (text, columns, expected) => {
    expect(wrapped(text, columns)).toEqual(expected);
    let start = 0;
    for (const [row, part] of expected.entries()) {
      expect(rowAt(text, columns, start)).toBe(row);
      start += part.length;
    }
    expect(rowAt(text, columns, text.length)).toBeLessThan(expected.length);
  });
});

test('sums are those of a list, whatever its changes', () => {
  const sums = createSums();
  const list: number[] = [];
  let random = 7;
  const next = (below: number) => {
    random = (random * 48_271) % 2_147_483_647;
    return random % below;
  };
  for (let step = 0; step < 3000; step++) {
    const index = next(3) === 0 ? next(list.length + 1) : list.length;
    list[index] = next(4);
    sums.set(index, list[index]);
  }
  const total = list.reduce((sum, count) => sum + count, 0);
  expect([sums.length, sums.total]).toEqual([list.length, total]);
  const flat = list.flatMap((count, index) => Array.from({ length: count }, (_, offset) => ({ index, offset })));
  for (let at = 0; at < total; at += 13) expect(sums.find(at)).toEqual(flat[at]);
  for (const index of [0, 1, 511, 512, 513, list.length]) {
    expect(sums.before(index)).toBe(list.slice(0, index).reduce((sum, count) => sum + count, 0));
  }
});

describe('rows', () => {
  test('follow a log that grows, and lines that change', () => {
    const store = storeOf('abcdef', 'gh');
    const rows = createRows(store, { columns: 4, stream: 'all' });
    expect(rows.total).toBe(3);
    store.append([{ stream: 'stdout', time: 9, data: 'ijklm' }]);
    expect(rows.total).toBe(5);
    store.append([{ stream: 'stdout', time: 9, data: '\r\x1b[Kx\n' }]);
    expect([rows.total, rows.lines]).toEqual([4, 3]);
    const { index, part, start, end } = rows.at(1);
    expect({ index, part, start, end }).toEqual({ index: 0, part: 1, start: 4, end: 6 });
    expect(rows.rowOf(0, 5)).toBe(1);
    rows.stop();
    store.append([{ stream: 'stdout', time: 9, data: 'more\n' }]);
    expect(rows.total).toBe(4);
  });

  test('of one stream', () => {
    const rows = createRows(storeOf('a', 'b', 'c', 'd', 'e', 'f'), { columns: 80, stream: 'stderr' });
    expect([rows.total, rows.lines]).toEqual([2, 2]);
    expect([rows.at(0), rows.at(1)].map(({ line }) => line.text)).toEqual(['c', 'f']);
    // A hidden line: the next one that is shown.
    expect(rows.rowOf(3)).toBe(1);
  });
});

describe('window', () => {
  const view = { rows: 100_000, rowHeight: 20, height: 600 };

  test('a few rows around the visible ones', () => {
    const { start, end, first, top } = visibleRows(view, 10_010);
    expect(first).toBe(500);
    expect([start, end]).toEqual([492, 539]);
    expect(top).toBe(492 * 20);
    expect(scrollTopOf(view, 500)).toBe(10_000);
  });

  test('the ends, and logs that fit', () => {
    expect(visibleRows(view, 0)).toMatchObject({ start: 0, first: 0, top: 0 });
    expect(visibleRows(view, contentHeight(view) - 600)).toMatchObject({ first: 99_970, end: 100_000 });
    expect(visibleRows({ ...view, rows: 3 }, 0)).toEqual({ start: 0, end: 3, first: 0, top: 0 });
    expect(visibleRows({ ...view, rows: 0 }, 0)).toMatchObject({ start: 0, end: 0 });
  });

  test('more rows than an element can be high', () => {
    const many = { ...view, rows: 3_000_000 };
    const last = contentHeight(many) - many.height;
    expect(contentHeight(many)).toBeLessThan(10_000_000);
    expect(visibleRows(many, last)).toMatchObject({ first: 2_999_970, end: 3_000_000 });
    const { first, start, top } = visibleRows(many, scrollTopOf(many, 1_500_000));
    expect(first).toBe(1_500_000);
    // The first visible row is where the person looks.
    expect(top + (first - start) * 20).toBeCloseTo(scrollTopOf(many, 1_500_000), -1);
  });
});

test('copied text has the lines of the log, not the rows of the screen', () => {
  const { lines } = storeOf('first', 'second', 'third', 'fourth');
  const [from, to] = [
    { index: 0, at: 2 },
    { index: 2, at: 3 },
  ];
  expect(textOf(lines, 'all', [from, to])).toBe('rst\nsecond\nthi');
  expect(textOf(lines, 'all', [to, from])).toBe('rst\nsecond\nthi');
  expect(textOf(lines, 'all', [from, { index: 0, at: 4 }])).toBe('rs');
  expect(textOf(lines, 'stdout', [from, to])).toBe('rst\nsecond');
  expect(textOf(lines, 'all')).toBe('first\nsecond\nthird\nfourth\n');
  expect(textOf(lines, 'stderr')).toBe('third\n');
});

test.each([
  [0, '0:00.0'],
  [59.96, '1:00.0'],
  [61.25, '1:01.3'],
  [3723.4, '1:02:03.4'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
