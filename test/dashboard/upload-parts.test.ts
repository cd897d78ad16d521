import { describe, expect, test } from 'vitest';
import { causeOf } from '../../examples/dashboard/src/data/causes.ts';
import { createMeter } from '../../examples/dashboard/src/upload/meter.ts';
import { compareFiles, readRecords, titleFor } from '../../examples/dashboard/src/upload/record.ts';
import { ApiError, ConnectionError, TransferError, ValidationError } from '../../src/index.ts';

describe('the progress of an upload', () => {
  test('adds up files, and measures the rate of the last seconds', () => {
    let now = 0;
    const meter = createMeter({ a: 1000, b: 3000 }, () => now);
    const add = (file: string, transferred: number) => meter.add({ file, transferred, attempt: 1, phase: 'upload' });
    expect(meter.read()).toMatchObject({ sent: 0, total: 4000, preparing: true, rate: undefined, left: undefined });
    add('a', 0);
    now = 1000;
    add('a', 500);
    expect(meter.read()).toMatchObject({ sent: 500, rate: 500, left: 7, preparing: false, files: { a: 500 } });
    now = 2000;
    add('a', 1000);
    add('b', 0);
    for (now = 3000; now <= 20_000; now += 1000) add('b', Math.min(3000, (now - 2000) / 10));
    now = 20_000;
    expect(meter.read().rate).toBeCloseTo(100, 0);
  });

  test('does not count what an earlier page has sent', () => {
    let now = 0;
    const meter = createMeter({ a: 10_000 }, () => now);
    meter.add({ file: 'a', transferred: 8000, attempt: 1, phase: 'upload' });
    now = 1000;
    meter.add({ file: 'a', transferred: 8500, attempt: 2, phase: 'upload' });
    expect(meter.read()).toMatchObject({ sent: 8500, rate: 500, left: 3, attempt: 2 });
    meter.restart();
    expect(meter.read()).toMatchObject({ preparing: true, rate: undefined, attempt: 1 });
  });
});

describe('files that are chosen again', () => {
  const file = (size: number, lastModified = 1) => ({ size, lastModified });
  const wanted = [
    { name: 'd/a.csv', ...file(1) },
    { name: 'd/b.csv', ...file(2) },
  ];

  test('are found by name, size and time, with or without their folder', () => {
    expect(
      compareFiles(wanted, [
        { name: 'd/a.csv', data: file(1) },
        { name: 'b.csv', data: file(2) },
      ]),
    ).toEqual({
      same: [
        { name: 'd/a.csv', data: file(1) },
        { name: 'd/b.csv', data: file(2) },
      ],
      missing: [],
      changed: [],
    });
  });

  test('may be missing or changed', () => {
    const found = compareFiles(wanted, [
      { name: 'a.csv', data: file(1, 5) },
      { name: 'c.csv', data: file(2) },
    ]);
    expect(found).toEqual({ same: [], missing: ['d/b.csv'], changed: ['d/a.csv'] });
  });
});

test.each([
  [['survey_2024/a.csv', 'survey_2024/b/c.csv'], 'survey 2024'],
  [['points.csv'], 'points'],
  [['a.csv', 'b.csv'], 'a data'],
  [['-.csv'], 'My data'],
  [[`${'x'.repeat(80)}.csv`], 'x'.repeat(50)],
])('the dataset of %j gets a title', (names, title) => {
  expect(titleFor(names.map((name) => ({ name })))).toBe(title);
});

test('a stored list is read as far as it is valid', () => {
  const record = {
    id: '1',
    createdAt: 0,
    owner: 'alice',
    slug: 'a',
    title: 'A',
    isPrivate: true,
    files: [],
    state: 'active',
  };
  expect(readRecords(JSON.stringify([record, { id: 2 }, null, { ...record, state: 'x' }]))).toEqual([record]);
  expect([readRecords('{'), readRecords('5'), readRecords(null)]).toEqual([[], [], []]);
});

test.each<[string, unknown, string]>([
  [
    'lost connections',
    new TransferError('cannot upload "a": x', { cause: new ConnectionError('no response') }),
    'network',
  ],
  [
    'no progress',
    new TransferError('cannot upload "a": HTTP 503, 9 times in a row without progress (0 of 5 bytes are stored)'),
    'network',
  ],
  ['a busy server', new ApiError('x', { status: 503, method: 'm' }), 'network'],
  [
    'a changed file',
    new TransferError('cannot upload "a": the file changed during the upload; upload it again'),
    'file',
  ],
  [
    'a file that cannot be read',
    new TransferError('cannot read "a": x', { cause: new DOMException('x', 'NotReadableError') }),
    'file',
  ],
  ['a refusal', new ApiError('x', { status: 400, method: 'm' }), 'other'],
  ['invalid input', new ValidationError('x'), 'other'],
])('the cause of %s', (_what, error, cause) => {
  expect(causeOf(error)).toBe(cause);
});
