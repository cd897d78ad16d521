import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createClient, createKaggle, memoryPlatform } from '../../src/index.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import { createEmulator, scriptedExecutor } from '../../src/testing/index.ts';
import { importsOf, root } from '../structure/source-files.ts';
import { collect, pattern } from './check.ts';
import { type Drive, drivePlatform } from './outside/platform.ts';

function setUp() {
  const emulator = createEmulator({ executor: scriptedExecutor(() => {}), lag: 0, processing: 0 });
  const requests: string[] = [];
  const { state } = memoryPlatform();
  const drive: Drive = {
    send: (request) => {
      requests.push(request.method);
      return emulator.fetch(request);
    },
    values: new Map(),
    state: state!,
    variables: { KAGGLE_API_TOKEN: 'KGAT_test' },
  };
  return { drive, requests, kaggle: createKaggle({ platform: drivePlatform(drive) }) };
}

const lastModified = new Date('2024-05-06T07:08:09Z');

test('a platform from outside makes calls, an upload of a folder and a download', async () => {
  const { drive, requests, kaggle } = setUp();
  const content = { 'large.bin': pattern(3_000_000), 'sub/small.csv': new TextEncoder().encode('a,b\n') };
  for (const [name, data] of Object.entries(content)) {
    drive.values.set(`in/${name}`, { data: new Uint8Array(data), lastModified });
  }
  const made = await kaggle.datasets.createOrVersion({
    owner: 'alice',
    slug: 'from-a-drive',
    title: 'From a drive',
    files: ['in'],
  });
  await made.ready();
  expect(made.versionNumber).toBe(1);
  expect(requests.filter((method) => method === 'PUT')).toHaveLength(2);

  const listed = await collect(kaggle.datasets.listFiles(made));
  expect(listed.map(({ name }) => name).sort()).toEqual(Object.keys(content));
  const files = await kaggle.datasets.download(made, 'out', { unzip: true });
  expect(files.map(({ verified }) => verified)).not.toContain('none');
  const same = Object.entries(content).map(([name, data]) =>
    Buffer.from(drive.values.get(`out/${name}`)?.data ?? []).equals(data),
  );
  expect(same).toEqual([true, true]);
});

test('its state lets an upload go on that was stopped', async () => {
  const { drive, requests, kaggle } = setUp();
  const data = new Uint8Array(pattern(2_000_000));
  for (const name of ['a.bin', 'b.bin']) drive.values.set(`in/${name}`, { data, lastModified });
  const dataset = { owner: 'alice', slug: 'in-two-goes', title: 'In two goes', files: ['in'] };
  const stop = new AbortController();
  const stopped = kaggle.datasets.createOrVersion(dataset, {
    concurrency: 1,
    signal: stop.signal,
    onProgress: ({ file, transferred, total }) => {
      if (file === 'a.bin' && transferred === total) stop.abort(new Error('stopped'));
    },
  });
  await expect(stopped).rejects.toThrow('stopped');
  requests.length = 0;
  expect((await kaggle.datasets.createOrVersion(dataset)).versionNumber).toBe(1);
  expect(requests.filter((method) => method === 'PUT')).toHaveLength(1);
});

test('what it lacks is said by its name', async () => {
  const client = createClient({ platform: { name: 'a toaster', concurrency: 1 }, token: 'KGAT_test' });
  const upload = datasets.createOrVersion(client, {
    owner: 'alice',
    slug: 'bread-data',
    title: 'Bread data',
    files: ['x.csv'],
  });
  await expect(upload).rejects.toMatchObject({
    name: 'MissingCapabilityError',
    message: expect.stringContaining('platform "a toaster"'),
  });
});

test('it imports nothing but what the package exports', () => {
  const exported = readFileSync(join(root, 'package.json'), 'utf8').match(/dist\/[\w/]+(?=\.js)/g)!;
  const entries = exported.map((path) => path.replace('dist', 'src'));
  const files = ['files', 'platform'].map((name) => `test/platform/outside/${name}.ts`);
  const own = files.flatMap(importsOf).filter(({ to }) => to.startsWith('src/'));
  expect(own.length).toBeGreaterThan(1);
  expect(own.filter(({ to }) => !entries.includes(to.replace(/\.ts$/, '')))).toEqual([]);
});
