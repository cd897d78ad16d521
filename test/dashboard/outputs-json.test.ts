import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openJsonLines } from '../../examples/dashboard/src/outputs/json/lines.ts';
import { type JsonNode, mostNodes, parseJson, summarize } from '../../examples/dashboard/src/outputs/json/nodes.ts';

/** The value that JSON.parse would return. */
function toValue(node: JsonNode | undefined): unknown {
  if (node?.type === 'array') return node.items.map(toValue);
  if (node?.type === 'object') return Object.fromEntries(node.entries.map(([name, value]) => [name, toValue(value)]));
  if (node?.type === 'string') return node.text;
  return node && JSON.parse(node.text);
}

test('parses what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const { root, problem, partial } = parseJson(text);
      expect({ problem, partial }).toEqual({ problem: undefined, partial: false });
      expect(toValue(root)).toEqual(JSON.parse(text));
    }),
  );
});

test('the start of a file gives the values so far, wherever it ends', () => {
  const text = JSON.stringify({ a: [1, 'x\n"y"', { b: null }], c: { d: true, e: 'z'.repeat(30) } }, undefined, 1);
  for (let end = 1; end < text.length; end++) {
    const { root, problem, partial } = parseJson(text.slice(0, end), true);
    expect({ end, problem, partial }).toEqual({ end, problem: undefined, partial: true });
    expect(root?.type).toBe('object');
  }
  const { root } = parseJson('{"a": [1, 2, {"b": "ha', true);
  expect(summarize(root!)).toBe('{"a": […]}');
  expect(root).toMatchObject({
    entries: [['a', { items: [{ text: '1' }, { text: '2' }, { entries: [['b', { text: 'ha', complete: false }]] }] }]],
  });
});

test('numbers are shown as they are written, with those of Python', () => {
  const { root } = parseJson('[12345678901234567890, 1.10, NaN, -Infinity, 1e400]');
  expect(root).toMatchObject({
    items: ['12345678901234567890', '1.10', 'NaN', '-Infinity', '1e400'].map((text) => ({ type: 'number', text })),
  });
});

test.each([
  ['{"a" 1}', 'line 1, column 6: expected ":", but found "1"'],
  ['[1,\n 2,,]', 'line 2, column 4: expected a value, but found ","'],
  ['[1 2]', 'line 1, column 4: expected "," or "]", but found "2"'],
  ["{'a': 1}", 'line 1, column 2: expected a name in double quotes, but found "\'"'],
  ['{} x', 'line 1, column 4: expected the end of the document, but found "x"'],
  ['<html>', 'line 1, column 1: expected a value, but found "<"'],
  ['[01]', 'line 1, column 2: expected a value, but found "0"'],
  ['', 'line 1, column 1: expected a value, but the text ends'],
  ['["a', 'line 1, column 4: expected "," or "]", but the text ends'],
])('%j: %s', (text, problem) => {
  expect(parseJson(text).problem).toBe(problem);
});

test('names of object members are only names; repeated ones are kept', () => {
  const { root } = parseJson('{"__proto__": {"x": 1}, "a": 1, "a": 2}');
  expect(root).toMatchObject({
    entries: [
      ['__proto__', { type: 'object' }],
      ['a', { text: '1' }],
      ['a', { text: '2' }],
    ],
  });
  expect(({} as { x?: unknown }).x).toBeUndefined();
});

test('deep and long documents are bounded', () => {
  const { partial, problem } = parseJson('['.repeat(50_000), true);
  expect({ partial, problem }).toEqual({ partial: true, problem: undefined });
  const long = parseJson(`[${'0,'.repeat(mostNodes + 10)}0]`);
  expect(long.partial).toBe(true);
  expect((long.root as { items: unknown[] }).items.length).toBeLessThanOrEqual(mostNodes);
});

test('a summary has one line of a limited length', () => {
  const { root } = parseJson(JSON.stringify({ a: 1, b: [1, 2], c: { d: 1 }, long: 'x'.repeat(1000) }));
  expect(summarize(root!, 60)).toBe('{"a": 1, "b": […], "c": {…}, …}');
  expect(summarize(parseJson(JSON.stringify('y'.repeat(500))).root!, 10)).toBe('"yyyyyyyyyy…"');
});

test('JSON Lines become a table whose columns are the names of all lines', async () => {
  const text =
    '{"epoch": 1, "loss": 0.5}\r\n\n{"epoch": 2, "loss": NaN, "note": "a\\nb", "more": {"x": [1]}}\nbroken\n[1, "b"]\n7';
  const bytes = new TextEncoder().encode(text);
  const table = openJsonLines({ size: bytes.length, read: async (start, end) => bytes.slice(start, end) });
  await table.more();
  expect(table.columns.map(({ name, kind }) => `${name}:${kind}`)).toEqual([
    'epoch:number',
    'loss:number',
    'note:text',
    'more:text',
    '(invalid line):text',
    'Column 1:number',
    'Column 2:text',
    'value:number',
  ]);
  expect(table.rows[1]).toEqual(['2', 'NaN', 'a\nb', '{"x": […]}']);
  expect(table.rows).toHaveLength(5);
  expect(table.facts).toEqual(['1 line that is not valid JSON.']);
  expect(table.complete).toBe(true);
});

test('lines across the borders of pieces are read once', async () => {
  const line = `{"n": 123456, "text": "${'äöü'.repeat(40)}"}\n`;
  const bytes = new TextEncoder().encode(line.repeat(4000));
  const table = openJsonLines({ size: bytes.length, read: async (start, end) => bytes.slice(start, end) });
  await table.more();
  expect(table.offset).toBe(64 * 1024);
  while (!table.complete) await table.more();
  expect(table.rows).toHaveLength(4000);
  expect(table.facts).toEqual([]);
});
