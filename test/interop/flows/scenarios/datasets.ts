import { expect } from 'vitest';
import {
  deleteDataset,
  getDatasetMetadata,
  listDatasetFiles,
  listDatasets,
} from '../../../../src/services/datasets/generated/index.ts';
import * as datasets from '../../../../src/services/datasets/index.ts';
import type { Play, Scenario, Scene } from '../scene.ts';
import { left, rejects, statusOf } from './helpers.ts';

const dataset = { owner: 'alice', slug: 'my-data-set' };
const details = { subtitle: 'A subtitle of twenty chars', description: 'Desc é', keywords: ['art', 'bad tag'] };
const table = {
  path: 'a.csv',
  description: 'the a file',
  columns: [
    { order: 0, name: 'x', type: 'integer', originalType: 'integer', description: 'col x' },
    { order: 1, name: 'y', type: 'numeric', originalType: 'number', description: 'col y' },
    { order: 2, name: 'z', type: 'string', originalType: 'date', description: '' },
  ],
};
/** In the order in which the official client happened to find them. */
const files = ['b.bin', 'empty.txt', table];
const folder = { path: 'sub', name: 'sub' };
const fresh = { ...dataset, ...details, title: 'My Data Set', licenseName: 'CC0-1.0', files };

async function create({ client }: Scene): Promise<void> {
  const made = await datasets.createOrVersion(client, fresh);
  expect(made).toMatchObject({ ref: 'alice/my-data-set', versionNumber: 1, created: true, invalidTags: ['bad tag'] });
}

const version =
  (number: number, more: object): Play =>
  async ({ client }) => {
    const made = await datasets.createOrVersion(client, { ...dataset, ...details, files, ...more });
    expect(made).toMatchObject({ versionNumber: number, created: false });
  };

const statuses = [statusOf('BLOBS_RECEIVED'), statusOf('READY')];
/** What the list command sends for all that it was not told. */
const nothing = { tagIds: '', search: '', user: '', page: 1, pageToken: '' };

const sample = { ownerSlug: 'alice', datasetSlug: 'sample-data' };

const listFiles =
  (names: string[], paging: { pageSize?: number; pageToken?: string }): Play =>
  async ({ client }) => {
    const { datasetFiles } = await client.call(listDatasetFiles, { ...sample, pageToken: '', pageSize: 20, ...paging });
    expect(datasetFiles.map((file) => file.name)).toEqual(names);
  };

export const scenarios: Record<string, Scenario> = {
  'datasets-create': [create, ...statuses],
  'datasets-create-skip': [create, ...statuses],
  'datasets-create-zip': [
    ({ client }) => datasets.createOrVersion(client, { ...fresh, files: [...files, folder] }),
    ...statuses,
  ],
  'datasets-create-public-quiet': [
    ({ client }) => datasets.create(client, { ...fresh, isPrivate: false }),
    ({ client }) => rejects(datasets.create(client, fresh), 'ValidationError', /it already exists/),
  ],
  'datasets-version': [
    create,
    version(2, { notes: 'second version', files: [...files, folder] }),
    version(3, { notes: 'third', deleteOldVersions: true }),
    version(4, {
      notes: 'by id',
      files: ['b.bin', 'empty.txt', 'a.csv'],
      subtitle: undefined,
      description: undefined,
      keywords: undefined,
    }),
    async ({ client }) => {
      expect(await datasets.status(client, 'alice/my-data-set')).toBe('BLOBS_RECEIVED');
      expect((await datasets.get(client, 'alice/my-data-set')).currentVersionNumber).toBeGreaterThan(0);
    },
  ],
  'datasets-delete': [
    left('the command asks for confirmation; a library does not'),
    ({ client }) => client.call(deleteDataset, sample),
    ({ client }) => rejects(client.call(deleteDataset, sample), 'NotFoundError'),
  ],
  'datasets-read': [
    async ({ client }) => {
      const names = (await datasets.listFiles(client, 'alice/sample-data', { pageSize: 20 }).all()).map(
        (file) => file.name,
      );
      expect(names).toEqual(['big.bin', 'docs/read me.txt', 'iris.csv']);
    },
    listFiles(['big.bin', 'docs/read me.txt'], { pageSize: 2 }),
    listFiles(['iris.csv'], { pageSize: 2, pageToken: '2' }),
    async ({ client }) => expect((await client.call(getDatasetMetadata, sample)).info?.title).toBe('Sample data'),
    ({ client }) =>
      client.call(listDatasets, {
        sortBy: 'DATASET_SORT_BY_VOTES',
        fileType: 'DATASET_FILE_TYPE_GROUP_CSV',
        license: 'DATASET_LICENSE_GROUP_CC',
        tagIds: '',
        search: 'iris',
        user: '',
        pageToken: '',
        minSize: 1,
        maxSize: 10,
        page: 2,
      }),
    ({ client }) => client.call(listDatasets, { ...nothing, group: 'DATASET_SELECTION_GROUP_MY' }),
    ({ client }) =>
      client.call(listDatasets, {
        ...nothing,
        group: 'DATASET_SELECTION_GROUP_USER',
        user: 'alice',
        tagIds: 'a,b',
      }),
  ],
};
