import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { read, root } from './source-files.ts';

type Target = string | { [condition: string]: Target };
const manifest = JSON.parse(read('package.json')) as {
  exports: Record<string, Target>;
  bin: Record<string, string>;
  dependencies: Record<string, string>;
  sideEffects: string[];
};

/** All files that a target of the export map can lead to. */
function leaves(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(leaves);
}

/** The areas of the API; other folders of services are for these to use. */
const areas = readdirSync(join(root, 'src/services'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(root, 'src/services', entry.name, 'generated')))
  .map(({ name }) => name);

const files = Object.entries(manifest.exports).flatMap(([subpath, target]) =>
  leaves(target).flatMap((file) => (subpath.includes('*') ? areas.map((area) => file.replace('*', area)) : [file])),
);

describe('export map', () => {
  test.each([...new Set(files)])('%s exists', (file) => {
    expect(existsSync(join(root, file))).toBe(true);
  });

  test('each file of dist has a source', () => {
    for (const file of files.filter((path) => path.endsWith('.js'))) {
      const source = file.replace('./dist/', 'src/').replace(/\.js$/, '.ts');
      expect(existsSync(join(root, source)), source).toBe(true);
    }
  });

  test('every entry of src is exported, by a condition and by name', () => {
    const root = manifest.exports['.'] as Record<string, { default: string }>;
    const conditions = {
      workerd: 'workers',
      deno: 'deno',
      bun: 'bun',
      browser: 'browser',
      node: 'node',
      default: 'index',
    };
    expect(Object.keys(root)).toEqual(Object.keys(conditions));
    for (const [condition, name] of Object.entries(conditions)) {
      expect(root[condition]?.default).toBe(`./dist/${name}.js`);
      if (name !== 'index') expect(Object.keys(manifest.exports)).toContain(`./${name}`);
    }
  });

  test('types come first in every condition', () => {
    const check = (target: Target): void => {
      if (typeof target === 'string') return;
      if ('types' in target) expect(Object.keys(target)[0]).toBe('types');
      Object.values(target).forEach(check);
    };
    for (const target of Object.values(manifest.exports)) check(target);
  });

  test('the command exists and is executable', () => {
    for (const file of Object.values(manifest.bin)) {
      expect(existsSync(join(root, file)), file).toBe(true);
      expect(read(file).startsWith('#!/usr/bin/env node')).toBe(true);
    }
  });

  test('bundlers may drop unused code, and there are two dependencies', () => {
    // A page's worker is imported for what it does.
    expect(manifest.sideEffects).toEqual(['./dist/browser-worker.js', './src/browser-worker.ts']);
    expect(Object.keys(manifest.dependencies).sort()).toEqual(['ky', 'valibot']);
  });
});
