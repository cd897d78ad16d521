import type { ApiKernelMetadata } from 'kaggle-ts/kernels';
import { expect, test } from 'vitest';
import { filterRows, rowsOf, type SortOrder } from '../../examples/dashboard/src/data/run-rows.ts';

const kernel = (slug: string, day: number, more: object = {}) =>
  ({
    ref: `alice/${slug}`,
    title: slug,
    currentVersionNumber: 2,
    lastRunTime: new Date(Date.UTC(2026, 0, day)),
    kernelType: 'script',
    isPrivate: true,
    ...more,
  }) as ApiKernelMetadata;
const job = (slug: string, versionNumber: number) => ({
  id: `kj1.${slug}.${versionNumber}`,
  ref: `alice/${slug}`,
  versionNumber,
  title: `${slug} of the form`,
  startedAt: '2026-02-01T00:00:00.000Z',
});

test('jobs that were started here are listed before Kaggle lists them, once, with what is known about their kernel', () => {
  const kernels = [
    kernel('a', 1, { machineShape: 'NvidiaTeslaT4' }),
    kernel('b', 2, { currentVersionNumber: undefined }),
  ];
  const rows = rowsOf(kernels, [job('a', 3), job('a', 2), job('a', 1), job('new', 1)]);
  expect(rows.map(({ key, title, accelerator }) => [key, title, accelerator?.label])).toEqual([
    ['alice/a/3', 'a', 'GPU T4 x2'],
    ['alice/a/1', 'a', 'GPU T4 x2'],
    ['alice/new/1', 'new of the form', undefined],
    ['alice/a/2', 'a', 'GPU T4 x2'],
    ['alice/b', 'b', 'CPU'],
  ]);
});

test('rows are searched by words, filtered by status and ordered', () => {
  const rows = rowsOf([kernel('night train', 1), kernel('day train', 3), kernel('other', 2, { enableTpu: true })], []);
  const statuses: Record<string, string> = { 'alice/night train/2': 'ERROR', 'alice/day train/2': 'RUNNING' };
  const found = (search: string, group: 'active' | 'failed' | undefined, sort: SortOrder) =>
    filterRows(rows, ({ key }) => statuses[key], { search, group, sort }).map(({ title }) => title);
  expect(found('', undefined, 'newest')).toEqual(['day train', 'other', 'night train']);
  expect(found('', undefined, 'oldest')).toEqual(['night train', 'other', 'day train']);
  expect(found('', undefined, 'title')).toEqual(['day train', 'night train', 'other']);
  expect(found('', undefined, 'status')).toEqual(['day train', 'night train', 'other']);
  expect(found(' TRAIN  alice/n', undefined, 'newest')).toEqual(['night train']);
  expect(found('tpu', undefined, 'newest')).toEqual(['other']);
  expect(found('', 'failed', 'newest')).toEqual(['night train']);
  expect(found('other', 'active', 'newest')).toEqual([]);
});
