import { describe, expect, test } from 'vitest';
import { notebookOf, readCells, readNotebook, writeCells } from '../../examples/dashboard/src/pages/new/cells.ts';
import { costOf, machineOf } from '../../examples/dashboard/src/pages/new/cost.ts';
import { type Draft, emptyDraft, readStored } from '../../examples/dashboard/src/pages/new/draft.ts';
import { errorsOf, fieldOf } from '../../examples/dashboard/src/pages/new/fields.ts';
import { secondsOf, slugOf } from '../../examples/dashboard/src/pages/new/names.ts';
import { type Params, paramsOf, parseParams, switchMode } from '../../examples/dashboard/src/pages/new/params.ts';
import { draftOf, requestOf } from '../../examples/dashboard/src/pages/new/request.ts';
import type { Json } from '../../src/index.ts';

const rows = (...pairs: [string, string][]): Params => ({
  mode: 'rows',
  rows: pairs.map(([name, value]) => ({ name, value })),
  json: '',
});

describe('parameters', () => {
  test('are JSON by row, or a text without quotes', () => {
    const typed = rows(
      ['epochs', '3'],
      ['rate', '1e-3'],
      ['name', 'a b'],
      ['flag', 'true'],
      ['list', '[1, 2]'],
      ['', ''],
    );
    expect(parseParams(typed)).toEqual({
      value: { epochs: 3, rate: 0.001, name: 'a b', flag: true, list: [1, 2] },
      rowErrors: {},
    });
  });

  test('say what is wrong with which row', () => {
    const { rowErrors } = parseParams(rows(['a', '1'], ['a', '2'], ['', 'x'], ['list', '[1,']));
    expect(rowErrors).toEqual({
      1: { name: '"a" is given twice' },
      2: { name: 'expected a name' },
      3: { value: 'expected JSON; check the quotes and brackets' },
    });
  });

  test('of any name stay what they are', () => {
    const { value } = parseParams(rows(['__proto__', '1'], ['constructor', '2']));
    expect(JSON.stringify(value)).toBe('{"__proto__":1,"constructor":2}');
  });

  test.each<Json | undefined>([
    { a: '3', b: 'x', c: ' y', d: '"q', e: null, f: [1], g: '' },
    [1, 2],
    'text',
    undefined,
    {},
  ])('of an earlier run are read back: %j', (value) => {
    const expected = value && Object.keys(value).length === 0 ? undefined : value;
    expect(parseParams(paramsOf(value)).value).toEqual(expected);
  });

  test('switch between rows and JSON unless something would be lost', () => {
    const json = switchMode(rows(['a', '[1]']), 'json');
    expect(json).toMatchObject({ mode: 'json', json: '{\n  "a": [\n    1\n  ]\n}' });
    expect(switchMode(json, 'rows')).toMatchObject({ mode: 'rows', rows: [{ name: 'a', value: '[1]' }] });
    expect(switchMode({ ...json, json: '[1]' }, 'rows').mode).toBe('json');
    expect(switchMode({ ...json, json: '{' }, 'rows').mode).toBe('json');
  });
});

describe('cells', () => {
  const text = '# %% [markdown]\n# # Title\n#\n# text\n\n# %%\nx = 1\n\n\nprint(x)\n\n# %%\n# a comment\n';

  test('are separated by marks', () => {
    expect(readCells(text)).toEqual([
      { type: 'markdown', text: '# Title\n\ntext' },
      { type: 'code', text: 'x = 1\n\n\nprint(x)' },
      { type: 'code', text: '# a comment' },
    ]);
    expect(writeCells(readCells(text))).toBe(text);
  });

  test('become a notebook and come back', () => {
    const json = notebookOf(text, 'r');
    expect(readNotebook(json)).toEqual({ text, language: 'r' });
    expect(JSON.parse(json).cells[1]).toEqual({
      cell_type: 'code',
      source: 'x = 1\n\n\nprint(x)',
      metadata: {},
      outputs: [],
      execution_count: null,
    });
  });

  test('need no mark, and a file that is no notebook is none', () => {
    expect(readCells('print(1)')).toEqual([{ type: 'code', text: 'print(1)' }]);
    expect(readNotebook('{"a": 1}')).toBeUndefined();
    expect(readNotebook('print(1)')).toBeUndefined();
  });
});

const draft: Draft = { ...emptyDraft, title: 'Straße 2: a test', code: 'print(1)' };

describe('a draft', () => {
  test('is a request', () => {
    expect(requestOf({ ...draft, machine: 'NvidiaTeslaT4', timeLimit: '1,5' }, ['alice/data/2'])).toEqual({
      slug: 'strasse-2-a-test',
      newTitle: 'Straße 2: a test',
      text: 'print(1)',
      kernelType: 'script',
      language: 'python',
      isPrivate: true,
      enableInternet: true,
      machineShape: 'NvidiaTeslaT4',
      sessionTimeoutSeconds: 5400,
      datasetDataSources: ['alice/data/2'],
    });
  });

  test('of an earlier run is the same request again', () => {
    const request = {
      ...requestOf(draft),
      slug: 'alice/strasse-2-a-test',
      params: { epochs: 2 },
      files: { 'main.py': 'import a', 'a.py': 'A = 1' },
      entry: 'main.py',
      text: undefined,
    };
    const { draft: read, lost } = draftOf(request, 'Straße 2: a test');
    expect(lost).toEqual([]);
    expect(requestOf(read)).toEqual(JSON.parse(JSON.stringify(request)));
    expect(slugOf({ ...read, target: '' })).toBe('strasse-2-a-test');
    const binary = { ...request, files: { 'main.py': '1', 'b.bin': new Uint8Array(1) } };
    expect(draftOf(binary, '').lost).toEqual(['b.bin']);
  });

  test('of a renamed kernel does not rename it back', () => {
    const { draft: read } = draftOf({ slug: 'alice/old-name', text: '1' }, 'New name');
    expect(requestOf(read)).not.toHaveProperty('newTitle');
    expect(requestOf({ ...read, target: '' })).toMatchObject({ slug: 'new-name', newTitle: 'New name' });
  });

  test('that was stored by another version, or is damaged, is read as far as it fits', () => {
    const stored = JSON.stringify({
      draft: { title: 'a', code: 5, params: { rows: [{ name: 'x' }] }, sources: null, more: 1 },
    });
    expect(readStored(stored)).toEqual({ draft: { ...emptyDraft, title: 'a' } });
    expect(readStored('{')).toBeUndefined();
    expect(readStored(JSON.stringify({ draft, pending: { key: 'k', draft } }))).toEqual({
      draft,
      pending: { key: 'k', draft },
    });
    expect(readStored(JSON.stringify({ draft, pending: {} }))).toEqual({ draft });
  });

  test('time limits are hours', () => {
    expect(['', ' 2 ', '0.5', 'x'].map(secondsOf)).toEqual([undefined, 7200, 1800, Number.NaN]);
  });
});

describe('the cost of a run', () => {
  const quotas = (used: number, extra = {}) => ({
    quotaRefreshTime: new Date(0),
    gpuQuota: {
      timeUsed: used,
      timeReserved: 3600,
      totalTimeAllowed: 108_000,
      isPayToScaleEnabled: false,
      hasEverRun: true,
      ...extra,
    },
  });
  const gpu = machineOf('NvidiaTeslaT4');

  test.each([
    [0, undefined, { state: 'enough', left: 104_400, takes: 43_200 }],
    [0, 3600, { state: 'enough', takes: 3600 }],
    [0, 999_999, { state: 'enough', takes: 43_200 }],
    [90_000, undefined, { state: 'short', left: 14_400 }],
    [104_400, 60, { state: 'used-up', left: 0 }],
  ])('with %i s used and the limit %s', (used, limit, cost) => {
    expect(costOf(quotas(used), gpu, limit)).toMatchObject({ kind: 'GPU', total: 108_000, ...cost });
  });

  test('is not known without a quota, and none on a CPU', () => {
    expect(costOf(undefined, gpu, 1)).toBeUndefined();
    expect(costOf(quotas(0), machineOf(''), 1)).toBeUndefined();
    expect(costOf(quotas(0), machineOf('TpuV5E8'), 1)).toBeUndefined();
    expect(costOf(quotas(0, { totalTimeAllowed: 0 }), gpu, 1)?.state).toBe('none');
    expect(costOf(quotas(200_000, { isPayToScaleEnabled: true }), gpu, 1)?.state).toBe('unlimited');
  });
});

test('issues of the library are put beside fields', () => {
  expect(['slug', 'newTitle', 'datasetDataSources[2]', 'request.params', 'machineShape', 'x'].map(fieldOf)).toEqual([
    'title',
    'title',
    'datasetDataSources',
    'params',
    'machine',
    undefined,
  ]);
  const issues = [
    { path: 'slug', message: 'first' },
    { path: 'newTitle', message: 'second' },
    { path: '', message: 'kernels.push: text is empty; there is nothing to run' },
    { path: 'priority', message: 'other' },
  ];
  expect(errorsOf(issues)).toEqual({ title: 'first', code: 'text is empty; there is nothing to run', form: 'other' });
});
