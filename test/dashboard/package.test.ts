import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const manifest = (folder: string) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));

test('the dashboard asks for the versions that are tested here', () => {
  const { version, dependencies, devDependencies } = manifest('.');
  const tested: Record<string, string> = { ...dependencies, ...devDependencies, 'kaggle-ts': version };
  const example = manifest('examples/dashboard');
  const asked: Record<string, string> = { ...example.dependencies, ...example.devDependencies };
  expect(Object.keys(asked)).toContain('preact');
  expect(asked).toEqual(Object.fromEntries(Object.keys(asked).map((name) => [name, tested[name]])));
});
