import { describe, test } from 'vitest';
import { folderState } from '../../src/platform/common/node-state.ts';
import { memoryPlatform } from '../../src/platform/memory/index.ts';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { filesystemCases, places, timeCases } from './filesystem-cases.ts';
import { hasherCases } from './hasher-cases.ts';
import { scratchFolder } from './scratch.ts';
import { stateCases } from './state-cases.ts';
import { streamCases } from './stream-cases.ts';

const root = scratchFolder();

describe.each([
  ['node', nodePlatform(), root],
  ['memory', memoryPlatform(), '/work'],
])('files on %s', (_name, platform, folder) => {
  const place = places(platform.fs!, folder);
  test.each(Object.entries({ ...filesystemCases, ...timeCases }))('%s', async (_title, run) => run(await place()));
});

describe.each([
  ['a folder', folderState(`${root}/state/deep`)],
  ['memory', memoryPlatform().state!],
])('state in %s', (_name, state) => {
  test.each(Object.entries(stateCases))('%s', (_title, run) => run(state));
});

describe('hashes on node', () => {
  test.each(Object.entries(hasherCases))('%s', (_title, run) => run(nodePlatform()));
});

describe('streamSink', () => {
  test.each(Object.entries(streamCases))('%s', (_title, run) => run(undefined));
});
