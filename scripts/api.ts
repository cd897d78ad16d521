/**
 * Writes etc/api/, a record of the public API: every entry with all its exports. `npm run api` builds the declarations first.
 * A test compares the record with the build.
 */
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reports } from './api/report.ts';
import { readSurface } from './api/surface.ts';
import { root } from './test/command.ts';

const folder = join(root, 'etc/api');
const recorded = globSync('**/*.md', { cwd: folder });
const current = reports(readSurface());
for (const name of recorded) if (!current.has(name)) rmSync(join(folder, name));
const changed = [...current].filter(
  ([name, text]) => !recorded.includes(name) || readFileSync(join(folder, name), 'utf8') !== text,
);
for (const [name, text] of changed) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
  console.log(`etc/api/${name}`);
}
console.log(`${changed.length} of ${current.size} reports changed`);
