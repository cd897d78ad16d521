import { describe, expect, test } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { pathOf } from '../../src/core/file-path.ts';
import { matcher } from '../../src/core/transfer/pattern.ts';
import { download } from '../../src/services/datasets/index.ts';
import { parseDatasetRef } from '../../src/services/datasets/ref.ts';
import { checkSources } from '../../src/services/kernels/push/sources.ts';
import { parseRun } from '../../src/services/kernels/run-ref.ts';
import { createFake } from './kernels-fake.ts';

const site = 'https://www.kaggle.com';

describe('addresses of a dataset', () => {
  const alone = { owner: 'alice', slug: 'my-data' };
  test.each([
    [`${site}/datasets/alice/my-data`, alone],
    [`${site}/datasets/alice/my-data/`, alone],
    [`${site}/datasets/alice/my-data?select=train.csv`, alone],
    [`${site}/datasets/alice/my-data/data?select=a%2Fb.csv#top`, alone],
    [`${site}/datasets/alice/my-data/code?datasetId=1&sortBy=voteCount`, alone],
    [`${site}/datasets/alice/my-data/discussion/123456`, alone],
    [`${site}/datasets/alice/my-data/settings`, alone],
    [`${site}/datasets/alice/my-data/versions/3`, { ...alone, version: 3 }],
    [`${site}/datasets/alice/my-data/versions/3/data`, { ...alone, version: 3 }],
    [`${site}/alice/my-data/version/2`, { ...alone, version: 2 }],
    [`${site}/alice/my-data`, alone],
    [`${site}/de/datasets/alice/my-data`, alone],
    [`${site}/zh-CN/datasets/alice/my-data/data`, alone],
    [`${site}/api/v1/datasets/download/alice/my-data?datasetVersionNumber=4`, { ...alone, version: 4 }],
    [`${site}/datasets/alice/my-data/croissant/download`, alone],
    ['http://kaggle.com/datasets/alice/my-data', alone],
    ['www.kaggle.com/datasets/alice/my-data', alone],
    ['kaggle.com/datasets/alice/my-data/data', alone],
    ['//www.kaggle.com/datasets/alice/my-data', alone],
    ['HTTPS://WWW.KAGGLE.COM/datasets/alice/my-data', alone],
    [` ${site}/datasets/alice/my-data\n`, alone],
    [new URL(`${site}/datasets/alice/my-data/data`), alone],
  ])('%s', (address, parts) => {
    expect(parseDatasetRef(address)).toEqual(parts);
  });

  test.each([
    [`${site}/code/alice/my-job`, 'expected the URL of a dataset, got that of a kernel'],
    [`${site}/competitions/titanic`, 'expected the URL of a dataset, got that of a competition'],
    [`${site}/models/google/gemma/pyTorch/2b/1`, 'expected the URL of a dataset, got that of a model'],
    [`${site}/datasets`, 'expected a dataset as "owner/slug"'],
    ['./data', 'got "./data"'],
    [`${site}/datasets/alice`, 'expected a dataset as "owner/slug"'],
    ['https://github.com/alice/my-data', 'expected "owner/slug" or a URL on www.kaggle.com, got'],
    ['https://kaggle.com.example.org/datasets/alice/my-data', 'expected "owner/slug" or a URL on www.kaggle.com, got'],
    ['https://notkaggle.com/datasets/alice/my-data', 'expected "owner/slug" or a URL on www.kaggle.com, got'],
    [{ ref: 'alice/my-job', versionNumber: 1, kernelId: 5 }, 'expected a dataset, got the kernel "alice/my-job"'],
    [{ ref: 'alice/my-data', version: 1 }, 'did you mean versionNumber?'],
  ])('%j is refused', (address, message) => {
    expect(() => parseDatasetRef(address as string)).toThrow(message);
    expect(() => parseDatasetRef(address as string)).toThrow(ValidationError);
  });
});

describe('addresses of a kernel', () => {
  const alone = { parts: ['alice', 'my-job'], versionNumber: undefined };
  test.each([
    [`${site}/code/alice/my-job`, alone],
    [`${site}/code/alice/my-job/notebook`, alone],
    [`${site}/code/alice/my-job/output?select=a.csv`, alone],
    [`${site}/code/alice/my-job/log`, alone],
    [`${site}/code/alice/my-job/comments#12`, alone],
    [`${site}/code/alice/my-job/edit/run/98765`, alone],
    [`${site}/code/alice/my-job/versions/3`, { ...alone, versionNumber: 3 }],
    [`${site}/kernels/alice/my-job`, alone],
    [`${site}/embed/alice/my-job?cellIds=2`, alone],
    [`${site}/alice/my-job`, alone],
    [`${site}/ja/code/alice/my-job/input`, alone],
    ['www.kaggle.com/code/alice/my-job', alone],
    [new URL(`${site}/code/alice/my-job/output`), alone],
    ['/code/alice/my-job', alone],
    ['alice/my-job/2', { ...alone, versionNumber: 2 }],
    ['my-job', { parts: ['my-job'], versionNumber: undefined }],
  ])('%s', (address, parsed) => {
    expect(parseRun(address)).toMatchObject(parsed);
  });

  test.each([
    [`${site}/code/alice/my-job?scriptVersionId=123`, 'identifies a version by scriptVersionId'],
    [`${site}/code/alice/my-job/notebook?scriptVersionId=123&cellId=4`, 'pass "alice/my-job/VERSION"'],
    [`${site}/datasets/alice/my-data`, 'expected the URL of a kernel, got that of a dataset'],
    [`${site}/c/titanic`, 'expected the URL of a kernel, got that of a competition'],
    ['https://github.com/alice/my-job', 'expected "owner/slug" or a URL on www.kaggle.com, got'],
    ['https://github.com/x', 'expected "owner/slug" or a URL on www.kaggle.com, got'],
    ['./out', 'invalid kernel "./out"'],
    [{ ref: 'alice/my-data', created: true, ready: () => 0 }, 'expected a kernel, got the dataset "alice/my-data"'],
    [{ ref: 'alice/my-job', version: 2 }, 'did you mean versionNumber?'],
  ])('%j is refused', (address, message) => {
    expect(() => parseRun(address as string)).toThrow(message);
    expect(() => parseRun(address as string)).toThrow(ValidationError);
  });
});

test('sources of a kernel may be addresses of the site', () => {
  const { sources, issues } = checkSources({
    datasetDataSources: [`${site}/datasets/alice/my-data/data?select=a.csv`, `${site}/datasets/bob/other/versions/3`],
    competitionDataSources: [`${site}/competitions/titanic/data`, `${site}/c/digit-recognizer`, 'house-prices'],
    kernelDataSources: [`${site}/code/alice/my-job/output`],
    modelDataSources: [
      `${site}/models/google/gemma/frameworks/pyTorch/variations/2b/versions/1`,
      `${site}/models/a/b/keras/c`,
    ],
  });
  expect(issues).toEqual([]);
  expect(sources).toEqual({
    datasetDataSources: ['alice/my-data', 'bob/other/3'],
    competitionDataSources: ['titanic', 'digit-recognizer', 'house-prices'],
    kernelDataSources: ['alice/my-job'],
    modelDataSources: ['google/gemma/pyTorch/2b/1', 'a/b/keras/c'],
  });
  const wrong = checkSources({ datasetDataSources: [`${site}/code/alice/my-job`, 'https://example.org/a/b'] });
  expect(wrong.issues.map(({ path }) => path)).toEqual(['datasetDataSources[0]', 'datasetDataSources[1]']);
});

describe('paths', () => {
  test.each([
    ['./a b', './a b'],
    [new URL('file:///data/a%20b.csv'), '/data/a b.csv'],
    ['file:///data/%C3%A9.csv', '/data/é.csv'],
    ['file://localhost/data/x', '/data/x'],
    [new URL('file:///C:/data/x.csv'), 'C:/data/x.csv'],
    ['C:\\data\\x.csv', 'C:\\data\\x.csv'],
  ])('%s', (given, path) => {
    expect(pathOf(given)).toBe(path);
  });

  test.each([
    ['https://example.org/a.csv?sig=KGAT_1', 'expected a path, got a URL (https:)'],
    [new URL('https://example.org/a.csv?sig=KGAT_1'), 'expected a path, got a URL (https:)'],
    ['data:text/csv,KGAT_1', 'expected a path, got a URL (data:)'],
    ['file://server/share/a.csv', 'a file: URL with a host (server)'],
    ['file:///a%2Fb', 'an encoded slash'],
    ['file:///a%zz', 'its percent-encoding is malformed'],
  ])('%s is none', (given, message) => {
    const fail = () => pathOf(given);
    expect(fail).toThrow(ValidationError);
    expect(fail).toThrow(message);
    expect(fail).not.toThrow('KGAT_1');
  });
});

describe('patterns', () => {
  const names = [
    'a.csv',
    'sub/b.csv',
    'sub/deep/c.csv',
    'a.csv.gz',
    'model_1.pt',
    'data (1).csv',
    'plots/x.png',
    'c++.txt',
  ];
  const chosen = (pattern: string | RegExp) => names.filter(matcher(pattern));
  test.each<[string | RegExp, string[]]>([
    ['*.csv', ['a.csv', 'sub/b.csv', 'sub/deep/c.csv', 'data (1).csv']],
    ['sub/*.csv', ['sub/b.csv']],
    ['sub/**', ['sub/b.csv', 'sub/deep/c.csv']],
    ['sub/**/*.csv', ['sub/b.csv', 'sub/deep/c.csv']],
    ['plots', ['plots/x.png']],
    ['plots/', ['plots/x.png']],
    ['?.csv', ['a.csv', 'sub/b.csv', 'sub/deep/c.csv']],
    ['*.{png,pt}', ['model_1.pt', 'plots/x.png']],
    ['[!a].csv', ['sub/b.csv', 'sub/deep/c.csv']],
    ['a.csv', ['a.csv']],
    ['data (1).csv', ['data (1).csv']],
    ['c++.txt', ['c++.txt']],
    ['a.*', ['a.csv', 'a.csv.gz']],
    ['!a.csv', []],
    ['**/deep/*', ['sub/deep/c.csv']],
    ['\\.csv$', ['a.csv', 'sub/b.csv', 'sub/deep/c.csv', 'data (1).csv']],
    ['^sub/', ['sub/b.csv', 'sub/deep/c.csv']],
    ['.*csv', ['a.csv', 'sub/b.csv', 'sub/deep/c.csv', 'a.csv.gz', 'data (1).csv']],
    ['png|pt$', ['model_1.pt', 'plots/x.png']],
    [/\.csv$/g, ['a.csv', 'sub/b.csv', 'sub/deep/c.csv', 'data (1).csv']],
  ])('%s', (pattern, expected) => {
    expect(chosen(pattern)).toEqual(expected);
    expect(chosen(pattern)).toEqual(expected);
  });

  test.each(['', '[', '(?<', '\\'])('%j is none', (pattern) => {
    expect(() => matcher(pattern)).toThrow(ValidationError);
  });
});

test('a pattern that fits no file of a dataset is said', async () => {
  const { client } = createFake({
    GetDataset: () => ({ currentVersionNumber: 1 }),
    ListDatasetFiles: () => ({ datasetFiles: [{ name: 'a.csv', totalBytes: 1 }] }),
  });
  const lines: string[] = [];
  const platform = { ...client.platform, log: (line: string) => void lines.push(line) };
  const choice = { owner: 'alice', slug: 'my-data', pattern: '*.png' };
  expect(await download({ ...client, platform }, choice, '/out')).toEqual([]);
  expect(lines).toEqual(['kaggle-ts: none of the 1 files of alice/my-data matches the pattern *.png']);
});
