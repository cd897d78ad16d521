import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const modules = join(import.meta.dirname, '../../node_modules');

test('correct code compiles against the types of the built package, and mistakes do not', async () => {
  const tsc = join(modules, 'typescript/bin/tsc');
  const compiled = promisify(execFile)(process.execPath, [tsc, '-p', import.meta.dirname, '--pretty', 'false']);
  const output = await compiled.then(
    ({ stdout }) => stdout,
    (error: { stdout: string; message: string }) => error.stdout || error.message,
  );
  expect(output).toBe('');
});
