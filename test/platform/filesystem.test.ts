import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { filesystemCases, timeCases } from './filesystem-cases.ts';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'kaggle-ts-fs-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe.each([
  ['node', nodePlatform(), () => root],
  ['memory', memoryPlatform(), () => '/work'],
] as const)('files on %s', (_name, platform, rootOf) => {
  let count = 0;
  test.each(Object.entries({ ...filesystemCases, ...timeCases }))('%s', async (_title, run) => {
    const fs = platform.fs!;
    const folder = fs.join(rootOf(), `case${count++}`);
    await fs.mkdir(folder);
    await run({ fs, folder });
  });
});
