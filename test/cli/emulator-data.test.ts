import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createClient } from '../../src/node.ts';
import * as datasets from '../../src/services/datasets/index.ts';
import * as kernels from '../../src/services/kernels/index.ts';
import { cli, type Started, startCli } from './start.ts';

let folder: string;
const place = (...parts: string[]) => join(folder, ...parts);
const write = (path: string, data: string) => {
  mkdirSync(dirname(place(path)), { recursive: true });
  writeFileSync(place(path), data);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-emulator-'));
  write('fixtures/users.json', '[{ "username": "carol", "token": "KGAT_of_carol" }]');
  write('fixtures/datasets/carol/sales-2024/dataset-metadata.json', '{ "title": "Sales of 2024" }');
  write('fixtures/datasets/carol/sales-2024/a.csv', 'x\n1\n');
  write('fixtures/kernels/carol/trained/kernel-metadata.json', '{ "id": "carol/trained", "code_file": "a.py" }');
  write('fixtures/kernels/carol/trained/a.py', 'print(1)\n');
  write('fixtures/kernels/carol/trained/output/model.txt', 'weights');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const running: Started[] = [];
const startEmulator = (...args: string[]): Started => {
  const started = startCli(['emulator', '--port', '0', '--lag', '0', '--processing', '0', ...args]);
  running.push(started);
  return started;
};
const stop = async ({ child, ended }: Started, signal: 'SIGINT' | 'SIGKILL') => {
  child.kill(signal);
  return ended;
};
afterEach(async () => {
  for (const started of running.splice(0)) await stop(started, 'SIGKILL');
});

async function clientOf(emulator: Started) {
  const [, endpoint, token] = await emulator.until(/KAGGLE_ENDPOINT=(\S+)\n.*KAGGLE_API_TOKEN=(\S+)/);
  return createClient({ endpoint, token });
}

test('fixtures are there, and with --data all of it is there after a kill', async () => {
  const args = ['--fixtures', place('fixtures'), '--data', place('data')];
  const first = startEmulator(...args);
  const client = await clientOf(first);
  expect(first.output()).toContain(`Loaded from ${place('data')}: 0 datasets, 0 kernels.`);
  expect(first.output()).toContain(`Added from ${place('fixtures')}: 1 dataset, 1 kernel.`);
  expect(first.output()).toContain(`its state is kept in ${place('data')}`);
  expect(await client.whoAmI()).toBe('carol');
  const bytes = randomBytes(100_000);
  const files = [{ name: 'deep/points.bin', data: new Uint8Array(bytes) }];
  const made = await datasets.create(client, { owner: 'carol', slug: 'my-points', title: 'My points', files });
  await made.ready();
  await stop(first, 'SIGKILL');

  const second = startEmulator(...args);
  const again = await clientOf(second);
  expect(second.output()).toContain(`Loaded from ${place('data')}: 2 datasets, 1 kernel.`);
  await datasets.download(again, { owner: 'carol', slug: 'my-points' }, place('points'), { unzip: true });
  expect(readFileSync(place('points/deep/points.bin'))).toEqual(bytes);
  await datasets.download(again, { owner: 'carol', slug: 'sales-2024' }, place('sales'), { unzip: true });
  expect(readFileSync(place('sales/a.csv'), 'utf8')).toBe('x\n1\n');
  await kernels.output(again, 'carol/trained', place('output'));
  expect(readFileSync(place('output/model.txt'), 'utf8')).toBe('weights');

  const third = await cli(['emulator', '--port', '0', ...args]);
  expect(third.stderr).toContain(`${place('data')} is in use by another emulator (process ${second.child.pid})`);
  expect(third.code).toBe(1);
  expect((await stop(second, 'SIGINT')).code).toBe(0);
});

test('a mistake in a fixture is said with its place, and nothing is served', async () => {
  write('broken/datasets/carol/sales-2024/dataset-metadata.json', '{ "titel": "Sales of 2024" }');
  const { code, stdout, stderr } = await cli(['emulator', '--port', '0', '--fixtures', place('broken')]);
  expect(stderr).toContain(
    `kaggle-ts emulator: ${place('broken/datasets/carol/sales-2024/dataset-metadata.json')}: unknown field "titel"; did you mean "title"?`,
  );
  expect([code, stdout]).toEqual([1, '']);
});
