import { expect } from 'vitest';
import * as datasets from '../../../../src/services/datasets/index.ts';
import { downloadKernelOutput, getKernel } from '../../../../src/services/kernels/generated/index.ts';
import type { Play, Scenario } from '../scene.ts';

/** In the order in which the official client happened to find them. */
const files = [
  'up/empty.txt',
  'up/a.csv',
  { path: 'up/sub/b.csv', name: 'sub/b.csv' },
  { path: 'up/sub/deep/c.csv', name: 'sub/deep/c.csv' },
];
const withTemporary = [...files.slice(0, 2), 'up/skip.tmp', ...files.slice(2)];

const upload =
  (slug: string, versionNumber: number, more: { files: typeof files; notes?: string }): Play =>
  async ({ client }) => {
    const made = await datasets.createOrVersion(client, { owner: 'alice', slug, ...more });
    expect(made.versionNumber).toBe(versionNumber);
  };

/** The archive of all output is one typed call; the bytes are not looked at here. */
const wholeOutput =
  (versionNumber: number | undefined): Play =>
  async ({ client }) => {
    const kernel = { userName: 'alice', kernelSlug: 'my-kernel-one' };
    const current = versionNumber ?? (await client.call(getKernel, kernel)).metadata?.currentVersionNumber;
    const response = await client.call(downloadKernelOutput, {
      ownerSlug: 'alice',
      kernelSlug: 'my-kernel-one',
      versionNumber: current,
    });
    expect((await response.arrayBuffer()).byteLength).toBe(73597);
  };

export const scenarios: Record<string, Scenario> = {
  'kagglehub-dataset-upload': [
    upload('hub-data', 1, { files, notes: 'first' }),
    upload('hub-data', 2, { files: withTemporary, notes: 'second' }),
    upload('hub-many', 1, { files: ['many'] }),
    upload('hub-file', 1, { files: ['up/a.csv'] }),
  ],
  'kagglehub-notebook-output': [wholeOutput(1), wholeOutput(undefined)],
};
