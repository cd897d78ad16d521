import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import * as datasets from '../../src/services/datasets/index.ts';
import { noWait, withClock } from '../clock.ts';
import { setUp } from './emulated.ts';
import { filesIn, scratch } from './support.ts';

const files = Array.from({ length: 30 }, (_, index) => ({
  name: `part-${index % 3}/f${index}.bin`,
  data: new Uint8Array(randomBytes(1000 + index)),
}));
const dataset = { owner: 'alice', slug: 'many-small', files };
const starts = (calls: string[]) => calls.filter((call) => call === 'StartBlobUpload').length;

test('many small files go as one archive, and come back as they were', async () => {
  const { client, traffic } = setUp();
  const seen = new Set<string>();
  const made = await datasets.createOrVersion(withClock(client, noWait), dataset, {
    archive: { above: 20 },
    onProgress: ({ file }) => seen.add(file),
  });
  await made.ready();
  expect(starts(traffic.calls)).toBe(1);
  expect([...seen]).toEqual(['archive.zip']);
  const folder = scratch();
  await datasets.download(client, { owner: 'alice', slug: 'many-small' }, folder, { unzip: true });
  const found = filesIn(folder);
  expect(Object.keys(found).sort()).toEqual(files.map(({ name }) => name).sort());
  for (const { name, data } of files) expect(Buffer.from(found[name]!, 'latin1').equals(data), name).toBe(true);
});

test('not without being asked, and not for fewer files than said', async () => {
  for (const archive of [undefined, 'never', { above: 30 }] as const) {
    const { client, traffic } = setUp();
    await datasets.create(client, dataset, { archive });
    expect(starts(traffic.calls)).toBe(30);
  }
});

test('details, streams and a wrong option are refused before anything is sent', async () => {
  const { client, traffic } = setUp();
  const described = [{ name: 'a', data: 'a', description: 'of a' }];
  await expect(datasets.create(client, { ...dataset, files: described }, { archive: 'always' })).rejects.toThrow(
    /cannot archive "a": its description or columns would be lost/,
  );
  const stream = [{ name: 's', data: new Blob(['x']).stream(), size: 1 }];
  await expect(datasets.create(client, { ...dataset, files: stream }, { archive: 'always' })).rejects.toThrow(
    /only once/,
  );
  await expect(datasets.create(client, dataset, { archive: 'zip' as 'never' })).rejects.toThrow(
    'archive: expected "never", "always" or { above: number of files }, got "zip"',
  );
  expect(starts(traffic.calls)).toBe(0);
});
