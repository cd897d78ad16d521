import { describe, expect, test } from 'vitest';
import {
  align,
  drawable,
  flatRange,
  placed,
  sample,
  spread,
  styleOf,
} from '../../examples/dashboard/src/charts/series.ts';
import { toCsv } from '../../examples/dashboard/src/pages/compare/csv.ts';
import { readMetrics } from '../../examples/dashboard/src/pages/compare/metrics.ts';
import { curvesOf, scatterOf } from '../../examples/dashboard/src/pages/compare/plots.ts';
import { readSelection, versionsOf } from '../../examples/dashboard/src/pages/compare/selection.ts';
import { paramsOfSource } from '../../examples/dashboard/src/pages/compare/source-params.ts';
import {
  bestOf,
  columnsOf,
  type RunRow,
  shortNumber,
  sortRows,
  usualDirection,
} from '../../examples/dashboard/src/pages/compare/table.ts';
import { push } from '../../src/services/kernels/index.ts';
import { createFake } from '../contract/kernels-fake.ts';

const read = (value: unknown, name = 'metrics.json') =>
  readMetrics(name, typeof value === 'string' ? value : JSON.stringify(value));

describe('a file of metrics', () => {
  test('has numbers at any depth, and parameters under their usual names', () => {
    const found = read({
      accuracy: 0.9,
      test: { f1: 0.5, by_class: { cat: 1 } },
      note: 'text',
      ok: true,
      params: { rate: 0.1, optimizer: { name: 'adam', betas: [0.9, 0.99] }, amp: true, none: null },
    });
    expect(found.values).toEqual({ accuracy: 0.9, 'test.f1': 0.5, 'test.by_class.cat': 1 });
    expect(found.params).toEqual({ rate: 0.1, 'optimizer.name': 'adam', 'optimizer.betas': '[0.9,0.99]', amp: true });
    expect(found.curves).toEqual({});
  });

  test.each<[string, unknown, string?]>([
    ['arrays with steps', { history: { epoch: [1, 2, 4], loss: [3, 2, 1] } }],
    [
      'arrays of objects',
      {
        history: [
          { epoch: 1, loss: 3 },
          { epoch: 2, loss: 2 },
          { epoch: 4, loss: 1 },
        ],
      },
    ],
  ])('has curves: %s', (_what, value) => {
    const { values, curves } = read(value);
    expect(curves).toEqual({ 'history.loss': { x: [1, 2, 4], y: [3, 2, 1] } });
    expect(values).toEqual({ 'history.loss': 1 });
  });

  test('has curves over the index if there are no steps, and an array of numbers is one', () => {
    expect(read({ loss: [3, 2, 1], val: [1, null, 2] }).curves).toEqual({
      loss: { x: [0, 1, 2], y: [3, 2, 1] },
      val: { x: [0, 1, 2], y: [1, null, 2] },
    });
    expect(read([3, 2]).values).toEqual({ value: 2 });
    expect(read(7).values).toEqual({ value: 7 });
  });

  test('can be JSON Lines, with lines of different metrics, repeated steps, and a last line that is cut off', () => {
    const text =
      '{"step":2,"loss":1}\n{"step":1,"loss":2}\r\n\n{"step":2,"loss":0.5,"eval":{"acc":0.7}}\n{"step":3,"lo';
    const { curves } = read(text, 'log.jsonl');
    expect(curves).toEqual({ loss: { x: [1, 2], y: [2, 0.5] }, 'eval.acc': { x: [2], y: [0.7] } });
    expect(read(text.replace(/\{"step":3.*/, ''), 'metrics.json').curves).toEqual(curves);
    expect(() => read('{"a":1}\nnothing\n{"a":2}', 'log.jsonl')).toThrow('line 2 is not JSON');
  });

  test('may be written by Python: NaN and Infinity are gaps', () => {
    const { curves, values } = read('\ufeff{"loss": [1.5, NaN, -Infinity], "best": NaN, "NaN in a text": 2}');
    expect(curves.loss).toEqual({ x: [0, 1, 2], y: [1.5, null, null] });
    expect(values).toEqual({ loss: 1.5, 'NaN in a text': 2 });
  });

  test('that has no numbers, is not JSON, or is hostile is an error or harmless', () => {
    expect(() => read({ a: 'b', c: [] })).toThrow('"metrics.json" contains no numbers');
    expect(() => read('<html>')).toThrow(SyntaxError);
    expect(() => read('')).toThrow(SyntaxError);
    const { values } = read('{"__proto__": {"polluted": 1}, "constructor": 2}');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(values.constructor).toBe(2);
    const deep = `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`;
    expect(() => read(deep)).toThrow('no numbers');
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`m${index}`, index]));
    expect(Object.keys(read(wide).values).length).toBeLessThanOrEqual(400);
  });
});

describe('the parameters of a run', () => {
  test.each(['script', 'notebook'] as const)('are found in the source that kaggle-ts pushes as a %s', async (kind) => {
    let source = '';
    const { client } = createFake({
      SaveKernel: ({ text }) => {
        source = text;
        return { ref: '/code/alice/my-job', versionNumber: 1 };
      },
    });
    const notebook = { cells: [{ cell_type: 'code', source: 'print(1)', metadata: {} }], metadata: {}, nbformat: 4 };
    const params = { rate: 0.1, name: 'a "quoted" \n text', nested: { layers: 3 } };
    const text = kind === 'script' ? 'print(1)' : JSON.stringify(notebook);
    await push(client, {
      slug: 'alice/my-job',
      newTitle: 'My job',
      language: 'python',
      kernelType: kind,
      text,
      params,
    });
    expect(paramsOfSource(source)).toEqual({ rate: 0.1, name: 'a "quoted" \n text', 'nested.layers': 3 });
  });

  test('are unknown for other sources', () => {
    expect(paramsOfSource('print(1)')).toBeUndefined();
    expect(paramsOfSource('os.environ["KAGGLE_TS_PARAMS"] = "{broken"')).toBeUndefined();
  });
});

describe('the address', () => {
  const select = (query: string) => readSelection(new URLSearchParams(query));

  test('names runs, once each, or a kernel with its versions', () => {
    const { runs, invalid } = select(
      'runs=alice/train/1,alice/train/v2,alice/train/1,/code/alice/other,what,a/b/c,a/b/0',
    );
    expect(runs.map(({ key }) => key)).toEqual(['alice/train/1', 'alice/train/2', 'alice/other']);
    expect(invalid).toEqual(['what', 'a/b/c', 'a/b/0']);
    const sweep = select('sweep=alice/train&versions=2-3,7-');
    expect(versionsOf('alice/train', 9, sweep, 100).map(({ versionNumber }) => versionNumber)).toEqual([2, 3, 7, 8, 9]);
    expect(versionsOf('alice/train', 900, select('sweep=alice/train'), 3).map(({ key }) => key)).toEqual([
      'alice/train/898',
      'alice/train/899',
      'alice/train/900',
    ]);
    expect(select('sweep=<b>').invalid).toEqual(['<b>']);
  });
});

const row = (number: number, values: Record<string, number> | undefined, params: RunRow['params'] = {}): RunRow => ({
  key: `alice/train/${number}`,
  ref: 'alice/train',
  versionNumber: number,
  number,
  status: 'COMPLETE',
  failureMessage: undefined,
  metrics: values && { values, params: {}, curves: { loss: { x: [1, 2], y: [2, number] } } },
  params,
  file: 'metrics.json',
  problem: undefined,
});

describe('the table', () => {
  const rows = [
    row(1, { acc: 0.5, loss: 2 }, { rate: 0.1, seed: 1 }),
    row(2, { acc: 0.7, loss: 1, extra: 3 }, { rate: 0.01, seed: 1 }),
    row(3, undefined, { rate: 0.001, seed: 1 }),
    row(4, { acc: 0.7, loss: 3 }, { rate: 0.2, seed: 1 }),
  ];

  test('has a column for each parameter and metric, those of most runs first', () => {
    expect(columnsOf(rows).map(({ name }) => name)).toEqual(['rate', 'seed', 'acc', 'loss', 'extra']);
    const many = rows.map((each) => ({ ...each, params: { ...each.params, a: 1, b: 1, c: 1, d: 1 } }));
    expect(columnsOf(many).map(({ name }) => name)).toEqual(['rate', 'acc', 'loss', 'extra']);
  });

  test('marks the best values, all of them, unless they are all the same or the only one', () => {
    expect([...bestOf(rows, 'acc', 'highest')]).toEqual(['alice/train/2', 'alice/train/4']);
    expect([...bestOf(rows, 'loss', 'lowest')]).toEqual(['alice/train/2']);
    expect([...bestOf(rows, 'extra', 'highest')]).toEqual([]);
    expect([...bestOf([rows[1]!, rows[3]!], 'acc', 'highest')]).toEqual([]);
  });

  test.each([
    ['loss', 'lowest'],
    ['val_loss', 'lowest'],
    ['valLoss', 'lowest'],
    ['test.rmse', 'lowest'],
    ['error_rate', 'lowest'],
    ['train_seconds', 'lowest'],
    ['accuracy', 'highest'],
    ['f1', 'highest'],
    ['terror', 'highest'],
    ['closeness', 'highest'],
    ['times_correct', 'highest'],
  ])('of %s the %s is the best', (name, expected) => {
    expect(usualDirection(name)).toBe(expected);
  });

  test('is sorted by a column, with runs without a value last', () => {
    const numbers = (...args: Parameters<typeof sortRows>) => sortRows(...args).map(({ number }) => number);
    expect(numbers(rows, { name: 'loss', kind: 'metric' }, false)).toEqual([2, 1, 4, 3]);
    expect(numbers(rows, { name: 'loss', kind: 'metric' }, true)).toEqual([4, 1, 2, 3]);
    expect(numbers(rows, { name: 'rate', kind: 'param' }, false)).toEqual([3, 2, 1, 4]);
    expect(numbers(rows, 'run', true)).toEqual([4, 3, 2, 1]);
  });

  test('shows numbers with few digits', () => {
    expect([0, 3, 1234567, 0.123456789, 1e-7, -2.5e9, 0.1].map(shortNumber)).toEqual([
      '0',
      '3',
      '1,234,567',
      '0.12346',
      '1.00e-7',
      '-2.50e9',
      '0.1',
    ]);
  });

  test('is exported as CSV that no spreadsheet runs', () => {
    expect(
      toCsv([
        ['run', 'a "b", c'],
        ['=1+1', -5],
        [undefined, true],
        ['-x', 'line\nbreak'],
      ]),
    ).toBe('run,"a ""b"", c"\r\n\'=1+1,-5\r\n,true\r\n\'-x,"line\nbreak"\r\n');
  });
});

describe('the charts', () => {
  test('show a curve for each run that has one, on common positions', () => {
    const series = curvesOf([row(1, {}), row(2, undefined), row(3, {})], 'loss');
    expect(series.map(({ number }) => number)).toEqual([1, 3]);
    expect(align([{ ...series[0]!, x: [1, 3], y: [5, null] }, series[1]!])).toEqual({
      x: [1, 2, 3],
      ys: [
        [5, undefined, null],
        [2, 3, undefined],
      ],
    });
  });

  test('show a metric over a parameter: numbers in order, other values as categories', () => {
    const rows = [row(1, { acc: 1 }, { rate: 5, name: 'b' }), row(2, { acc: 2 }, { rate: 1, name: 'a' }), row(3, {})];
    expect(scatterOf(rows, 'acc', 'rate').series[0]).toMatchObject({ x: [1, 5], y: [2, 1] });
    const named = scatterOf(rows, 'acc', 'name');
    expect(named.categories).toEqual(['a', 'b']);
    expect(named.series[0]).toMatchObject({ x: [0, 1], y: [2, 1], names: ['alice/train/2', 'alice/train/1'] });
    expect(scatterOf(rows, 'acc', 'none').series).toEqual([]);
  });

  test('have axes for values that are all the same, hardly differ, or are extreme', () => {
    expect(flatRange(3, 3, false)).toEqual([2.7, 3.3]);
    expect(flatRange(0, 0, false)).toEqual([-1, 1]);
    expect(flatRange(1e16, 1e16 + 2, false)?.[0]).toBe(9e15);
    expect(flatRange(0.1, 0.1, true)).toEqual([0.01, 1]);
    expect(flatRange(null, null, true)).toEqual([0.1, 10]);
    expect(flatRange(1.7e9, 1.7e9 + 60, false)).toBeUndefined();
    expect([1e200, 1e-300, 2, null, undefined].map((value) => drawable(value, false))).toEqual([
      null,
      0,
      2,
      null,
      undefined,
    ]);
    const series = { key: 'a', label: 'a', number: 1, x: [-1, 0, 2], y: [1, 2, 3], names: ['a', 'b', 'c'] };
    expect(placed(series, true)).toMatchObject({ x: [2], y: [3], names: ['c'] });
    expect(placed(series, false)).toEqual(series);
    expect([0, -1, 0.5].map((value) => drawable(value, true))).toEqual([null, null, 0.5]);
  });

  test('have lines that differ without color, and tables of few rows', () => {
    const styles = Array.from({ length: 40 }, (_, index) => JSON.stringify(styleOf(index + 1)));
    expect(new Set(styles).size).toBe(40);
    expect(sample(1000, 5)).toEqual([0, 250, 500, 749, 999]);
    expect(sample(3, 5)).toEqual([0, 1, 2]);
    expect(spread([{ top: 50 }, { top: 10 }, { top: 12 }, { top: 11 }], 10)).toEqual([
      { top: 1 },
      { top: 11 },
      { top: 21 },
      { top: 50 },
    ]);
  });
});
