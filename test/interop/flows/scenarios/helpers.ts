import { expect } from 'vitest';
import * as datasets from '../../../../src/services/datasets/index.ts';
import type { Left, Play, Scene } from '../scene.ts';

/** The command must end in an error of ours, of this name. */
export async function rejects(promise: Promise<unknown>, name: string, message: RegExp = /./): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
}

/** What was downloaded is the whole object. */
export async function expectFile({ platform, world }: Scene, path: string, object: string): Promise<void> {
  const file = platform.files.get(path);
  expect(file && Buffer.compare(file, world.object(object)!), `${path} is the object ${object}`).toBe(0);
}

export const statusOf =
  (expected: string): Play =>
  async ({ client }) =>
    expect(await datasets.status(client, 'alice/my-data-set')).toBe(expected);

/** A dataset of one file `big.bin`, as most of the recorded uploads have it. */
export const createBig: Play = ({ client }) =>
  datasets.createOrVersion(client, {
    owner: 'alice',
    slug: 'my-data-set',
    title: 'My Data Set',
    licenseName: 'CC0-1.0',
    files: ['big.bin'],
  });

export const left = (why: string): Left => ({ left: why });
