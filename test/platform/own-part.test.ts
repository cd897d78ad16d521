import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodePlatform } from '../../src/platform/node/index.ts';
import { scratchFolder } from './scratch.ts';

const root = scratchFolder();
const fs = nodePlatform().fs!;
const platform = join(import.meta.dirname, '../../src/platform/node/index.ts');

/** Opens a file in another process, writes to it, and kills the process. */
async function killedWhileWriting(how: 'sink' | 'partial', path: string): Promise<void> {
  const program = `
    const { nodePlatform } = await import(${JSON.stringify(platform)});
    const sink = await nodePlatform().fs.${how}(${JSON.stringify(path)});
    await sink.write(new Uint8Array(10), 0);
    console.log('written');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
}

test.each([
  'sink',
  'partial',
] as const)('what a killed process left of a %s is swept, and nothing else', async (how) => {
  const folder = join(root, how);
  mkdirSync(folder);
  const own = ['x.part', 'x.part.json', 'x.12345-0123abcd-0123abcd.part', 'x.0123abcd.part', 'y.txt'];
  for (const name of own) writeFileSync(join(folder, name), name);
  await killedWhileWriting(how, join(folder, 'x'));
  expect(readdirSync(folder)).toHaveLength(own.length + 1);
  // The process of a living one is looked up: ours stays.
  const ours = await fs[how]!(join(folder, 'other'));
  await ours.write(new Uint8Array(1), 0);
  expect(readdirSync(folder)).toHaveLength(own.length + 1);
  await ours.commit();
  expect(readdirSync(folder).sort()).toEqual([...own, 'other'].sort());
  for (const name of own) expect(readFileSync(join(folder, name), 'utf8')).toBe(name);
});
