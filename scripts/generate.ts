/**
 * Writes src/services/<area>/generated/ from contract/kaggle-api.json. With --check it writes nothing and exits with 1
 * when the files on disk differ. Exit codes: 0 done, or nothing differs; 1 something differs; 2 the contract is not usable.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readContract } from './contract/model.ts';
import { generatedFiles } from './generate/files.ts';

const services = fileURLToPath(new URL('../src/services/', import.meta.url));
const check = process.argv.includes('--check');

/** The paths below src/services of all generated files on disk. */
function onDisk(): string[] {
  if (!existsSync(services)) return [];
  return readdirSync(services, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(services, entry.name, 'generated')))
    .flatMap(({ name }) => readdirSync(join(services, name, 'generated')).map((file) => `${name}/generated/${file}`));
}

function main(): number {
  const files = generatedFiles(readContract());
  const stale = onDisk().filter((path) => !files.has(path));
  const changed = [...files].filter(([path, text]) => {
    const file = join(services, path);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  if (check) {
    for (const [path] of changed) console.error(`differs: src/services/${path}`);
    for (const path of stale) console.error(`not generated: src/services/${path}`);
    return changed.length + stale.length > 0 ? 1 : 0;
  }
  for (const path of stale) rmSync(join(services, path));
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(services, path)), { recursive: true });
    writeFileSync(join(services, path), text);
  }
  console.log(`${files.size} files, ${changed.length} written, ${stale.length} removed`);
  return 0;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
