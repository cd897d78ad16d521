import { expect } from 'vitest';
import * as datasets from '../../../../src/services/datasets/index.ts';
import type { Play, Scenario } from '../scene.ts';
import { expectFile, left, rejects } from './helpers.ts';

const archive = (number: number) => `/storage/${number}/v1/archive.zip`;

const whole =
  (slug: string, number: number, version = ''): Play =>
  async (scene) => {
    await datasets.download(scene.client, `alice/${slug}${version}`, 'out');
    await expectFile(scene, `out/${slug}.zip`, archive(number));
  };

const large = whole('large-data', 1001);
const sample = whole('sample-data', 1000);

const one =
  (file: string, object: string, version?: number): Play =>
  async (scene) => {
    const handle = { owner: 'alice', slug: 'sample-data', file, ...(version && { version }) };
    await datasets.download(scene.client, handle, 'out');
    await expectFile(scene, `out/${file}`, `/storage/1000/v1/${object}`);
  };
const iris = one('iris.csv', 'iris.csv');
const readMe = one('docs/read me.txt', 'docs/read%20me.txt');

/** What the API sends itself has no object behind it: only its length is known. */
const direct =
  (file: string | undefined, path: string, size: number): Play =>
  async ({ client, platform }) => {
    const handle = { owner: 'alice', slug: file ? 'sample-data' : 'large-data', ...(file && { file }) };
    await datasets.download(client, handle, 'out');
    expect(platform.files.get(path)?.length).toBe(size);
  };

const fails =
  (name: string, slug = 'large-data'): Play =>
  (scene) =>
    rejects(datasets.download(scene.client, `alice/${slug}`, 'out'), name);

const cached = left('`download` has no cache: it downloads what is requested');

export const scenarios: Record<string, Scenario> = {
  'datasets-download': [
    sample,
    sample,
    sample,
    iris,
    readMe,
    left('unpacking changes no request'),
    whole('sample-data', 1000, '/1'),
    fails('NotFoundError', 'nope'),
    ({ client }) =>
      rejects(
        datasets.download(client, { owner: 'alice', slug: 'sample-data', file: 'nope.csv' }, 'out'),
        'NotFoundError',
      ),
  ],
  'datasets-download-anonymous': [sample, left('without a credential, the command fails before anything is sent')],
  'download-429-rpc': [large],
  'download-503-storage': [large],
  'download-corrupt': [large],
  'download-direct': [direct(undefined, 'out/large-data.zip', 3501186)],
  'download-direct-file': [direct('iris.csv', 'out/iris.csv', 3831)],
  'download-drop-always': [large, large],
  'download-drop-resume': [large],
  'download-drop-small': [large],
  'download-resume-403': [fails('PermissionError'), large],
  'download-resume-503': [large, large],
  'download-rpc-drop': [large],
  'download-stale-local': [sample, sample, sample],
  'kagglehub-dataset-download': [
    sample,
    cached,
    iris,
    one('docs/read me.txt', 'docs/read%20me.txt', 1),
    whole('sample-data', 1000, '/versions/1'),
    fails('NotFoundError', 'nope'),
    cached,
  ],
  'kagglehub-download-503': [large],
  'kagglehub-download-corrupt': [large],
  'kagglehub-download-drop': [large, large],
  'kagglehub-download-range-ignored': [large, large],
};
