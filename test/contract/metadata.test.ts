import { describe, expect, it } from 'vitest';
import { ValidationError } from '../../src/core/errors.ts';
import { bindKaggle } from '../../src/kaggle.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { createFake } from './kernels-fake.ts';
import { fakeServer } from './transfer-storage.ts';

/** As `kaggle kernels pull -m` writes it. */
const kernel = {
  id: 'alice/my-job-one',
  id_no: 500,
  title: 'My Job One',
  code_file: 'train.py',
  language: 'python',
  kernel_type: 'script',
  is_private: false,
  enable_gpu: 'true',
  enable_tpu: 'False',
  enable_internet: true,
  keywords: ['gpu', 'tabular'],
  dataset_sources: ['bob/points'],
  kernel_sources: ['bob/other-job'],
  competition_sources: ['titanic'],
  model_sources: ['google/gemma/transformers/2b/1'],
  docker_image: 'gcr.io/kaggle-images/python@sha256:1',
  docker_image_pinning_type: 'original',
  machine_shape: 'NvidiaTeslaT4',
} as const;

const request = {
  slug: 'alice/my-job-one',
  id: 500,
  newTitle: 'My Job One',
  entry: 'train.py',
  language: 'python',
  kernelType: 'script',
  isPrivate: false,
  enableGpu: true,
  enableTpu: false,
  enableInternet: true,
  categoryIds: ['gpu', 'tabular'],
  datasetDataSources: ['bob/points'],
  kernelDataSources: ['bob/other-job'],
  competitionDataSources: ['titanic'],
  modelDataSources: ['google/gemma/transformers/2b/1'],
  dockerImage: 'gcr.io/kaggle-images/python@sha256:1',
  dockerImagePinningType: 'original',
  machineShape: 'NvidiaTeslaT4',
};

describe('kernel-metadata.json', () => {
  it('is the request that it stands for, as text or as what it holds', () => {
    expect(kernels.fromMetadata(kernel)).toEqual(request);
    expect(kernels.fromMetadata(`\ufeff${JSON.stringify(kernel)}`)).toEqual(request);
    expect(bindKaggle(createFake({}).client).kernels.fromMetadata(kernel)).toEqual(request);
  });

  it('is pushed as the official client pushes it', async () => {
    const { client, requests } = createFake({
      SaveKernel: () => ({ ref: '/code/alice/my-job-one', versionNumber: 1 }),
      GetKernel: () => ({ metadata: { machineShape: 'NvidiaTeslaT4' } }),
    });
    await kernels.push(client, { ...kernels.fromMetadata(kernel), text: 'print(1)', checkQuota: false });
    const { entry: _entry, ...sent } = request;
    expect(requests[0]!.body).toEqual({ ...sent, text: 'print(1)' });
  });

  it('leaves out what says nothing', () => {
    const template = { id: 'alice/my-job-one', title: '', machine_shape: '', docker_image: null, keywords: [] };
    expect(kernels.fromMetadata(JSON.stringify(template))).toEqual({ slug: 'alice/my-job-one', categoryIds: [] });
    expect(
      kernels.fromMetadata({ id: '/code/alice/my-job-one', language: 'rmarkdown', kernel_type: 'notebook' }),
    ).toEqual({
      slug: 'alice/my-job-one',
      language: 'r',
      kernelType: 'notebook',
    });
  });

  it.each<[string, unknown, string]>([
    [
      'a member that is nearly one',
      { ...kernel, enableGpu: true },
      'enableGpu: no such option; did you mean enable_gpu?',
    ],
    ['another', { ...kernel, dataset_source: ['a/b'] }, 'did you mean dataset_sources?'],
    ['a member that is none', { ...kernel, colour: 'red' }, 'colour: no such option; expected one of id, id_no, title'],
    ['a wrong value', { ...kernel, is_private: 'maybe' }, 'is_private: expected true or false, got "maybe"'],
    ['a list that is none', { ...kernel, dataset_sources: 'a/b' }, 'dataset_sources: expected an array'],
    ['another language', { ...kernel, language: 'julia' }, 'language: expected one of python, r, rmarkdown'],
    ['a version', { ...kernel, id: 'alice/my-job-one/3' }, 'without a version'],
    ['a placeholder', { ...kernel, id: 'alice/INSERT_KERNEL_SLUG_HERE' }, 'replace the placeholder in id'],
    [
      'a choice that was not made',
      { ...kernel, language: 'Pick one of: {python,r,rmarkdown}' },
      'placeholder in language',
    ],
    ['no JSON', '{ "id": ', 'cannot read kernel-metadata.json: it is not valid JSON'],
    ['a list', '[]', 'expected a JSON object'],
  ])('refuses %s', (_what, json, words) => {
    const read = () => kernels.fromMetadata(json as string);
    expect(read).toThrow(ValidationError);
    expect(read).toThrow(words);
  });
});

const dataset = {
  id: 'alice/my-data',
  id_no: '77',
  title: 'My Data',
  subtitle: 'points on a line, many of them',
  description: 'What it is.',
  licenses: [{ name: 'CC0-1.0' }],
  keywords: ['tabular'],
  resources: [
    {
      path: 'sub/points.csv',
      description: 'the points',
      schema: {
        fields: [
          { name: 'x', title: 'across', type: 'Number' },
          { name: 'day', description: 'when', type: 'date' },
          { name: 'z', type: 'uuid' },
        ],
      },
    },
    { path: 'other.csv', description: 'others' },
  ],
};

describe('dataset-metadata.json', () => {
  const wanted = {
    owner: 'alice',
    slug: 'my-data',
    title: 'My Data',
    subtitle: 'points on a line, many of them',
    description: 'What it is.',
    licenseName: 'CC0-1.0',
    keywords: ['tabular'],
    fileDetails: {
      'sub/points.csv': {
        description: 'the points',
        columns: [
          { order: 0, name: 'x', description: 'across', originalType: 'number', type: 'numeric' },
          { order: 1, name: 'day', description: 'when', originalType: 'date', type: 'string' },
          { order: 2, name: 'z', description: '', originalType: 'uuid', type: 'uuid' },
        ],
      },
      'other.csv': { description: 'others' },
    },
  };

  it('is the dataset that it stands for', () => {
    expect(datasets.fromMetadata(dataset)).toEqual(wanted);
    expect(datasets.fromMetadata(JSON.stringify(dataset))).toEqual(wanted);
    expect(bindKaggle(createFake({}).client).datasets.fromMetadata(dataset)).toEqual(wanted);
  });

  it('as it is downloaded is the same, and what is not sent is said', () => {
    const info = {
      datasetId: 77,
      datasetSlug: 'my-data',
      ownerUser: 'alice',
      usabilityRating: 0.5,
      totalViews: 3,
      totalVotes: 0,
      totalDownloads: 1,
      title: 'My Data',
      subtitle: '',
      description: '',
      isPrivate: true,
      keywords: [],
      licenses: [{ name: 'CC0-1.0' }],
      collaborators: [{ username: 'bob', role: 'READER' }],
      data: [{ name: 'other.csv', description: 'others', columns: [] }],
      userSpecifiedSources: '',
    };
    const warnings: string[] = [];
    const found = datasets.fromMetadata({ info } as never, { onWarning: (message) => warnings.push(message) });
    expect(found).toEqual({
      owner: 'alice',
      slug: 'my-data',
      title: 'My Data',
      isPrivate: true,
      keywords: [],
      licenseName: 'CC0-1.0',
      fileDetails: { 'other.csv': { description: 'others' } },
    });
    expect(warnings).toEqual([
      'dataset-metadata.json: collaborators is ignored, because Kaggle accepts it only in UpdateDatasetMetadata',
    ]);
  });

  const server = () => {
    const fake = fakeServer();
    fake.rpc = {
      GetDataset: () => Response.json({ code: 404, message: 'no' }, { status: 404 }),
      CreateDataset: () => ({
        ref: '/alice/my-data',
        url: 'https://www.kaggle.com/datasets/alice/my-data',
        status: 'ok',
      }),
    };
    return fake;
  };
  const files = [
    { name: 'sub/points.csv', data: '1,2\n' },
    { name: 'other.csv', data: 'x', description: 'said with the file' },
  ];

  it('describes its files where they are sent; what is said with a file counts more', async () => {
    const { client, seen } = server();
    await datasets.create(client, { ...datasets.fromMetadata(dataset), files });
    const { json } = seen.find(({ method }) => method === 'CreateDataset')!;
    expect(json).toMatchObject({
      title: 'My Data',
      licenseName: 'CC0-1.0',
      subtitle: wanted.subtitle,
      categoryIds: ['tabular'],
      files: [{ description: 'said with the file' }],
      directories: [
        { name: 'sub', files: [{ description: 'the points', columns: wanted.fileDetails['sub/points.csv'].columns }] },
      ],
    });
  });

  it('that describes files that are not there is refused before anything is sent', async () => {
    const { client, seen } = server();
    const making = datasets.create(client, { ...datasets.fromMetadata(dataset), files: files.slice(1) });
    await expect(making).rejects.toThrow('fileDetails: expected names of files in the upload, got "sub/points.csv"');
    expect(seen).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['two licenses', { licenses: [{ name: 'a' }, { name: 'b' }] }, 'licenses: expected exactly one license'],
    ['a member that is nearly one', { license: 'CC0-1.0' }, 'did you mean licenses?'],
    ['a placeholder', { title: 'INSERT_TITLE_HERE' }, 'replace the placeholder in title'],
    ['a number and no name', { id: null }, 'id: expected "owner/slug"'],
    ['a resource with a slip', { resources: [{ path: 'a', descripton: 'x' }] }, 'did you mean description?'],
  ])('refuses %s', (_what, change, words) => {
    const read = () => datasets.fromMetadata(JSON.stringify({ ...dataset, ...change }));
    expect(read).toThrow(ValidationError);
    expect(read).toThrow(words);
  });
});
