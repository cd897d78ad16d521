import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Consumer, installTarball } from '../../scripts/test/consumer.ts';
import { root } from '../structure/source-files.ts';
import { packageOnly } from './package-only.ts';

let consumer: Consumer;
beforeAll(async () => {
  consumer = await installTarball();
});
afterAll(() => consumer?.remove());

describe.each(['typescript-5', 'typescript-6', 'typescript'])('a new project of %s', (version) => {
  test('compiles, with the settings of tsc --init, and emits declarations', async (context) => {
    if (version !== 'typescript') packageOnly(context, 'the newest version compiles the same');
    const folder = join(consumer.folder, version);
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
    for (const name of ['library.ts', 'everything.ts']) await cp(join(import.meta.dirname, name), join(folder, name));
    const tsc = (...args: string[]) =>
      promisify(execFile)(process.execPath, [join(root, 'node_modules', version, 'bin/tsc'), ...args], {
        cwd: folder,
      }).then(
        ({ stdout }) => stdout,
        ({ stdout, message }: { stdout: string; message: string }) => stdout || message,
      );
    expect(await tsc('--init')).toMatch(/^\s*Created a new tsconfig.json/);
    expect(await tsc('--outDir', 'out')).toBe('');
    expect(await readFile(join(folder, 'out/library.d.ts'), 'utf8')).toContain('listFiles');
  });
});
