/**
 * The sizes of the package as a table: bundles after gzip, and the tarball. It measures the build:
 * `npm run build && npm run size`. `--json` prints JSON; `--base FILE` compares with such a file.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bundle, one, targets } from './size/bundle.ts';
import { command } from './test/command.ts';

/** Bytes by name. */
type Sizes = Record<string, number>;

async function measure(): Promise<Sizes> {
  const sizes: Sizes = {};
  for (const [name, conditions] of Object.entries(targets)) {
    for (const splitting of [true, false]) {
      const { gzip } = await bundle(one, ['import', ...conditions], splitting);
      sizes[`createClient and one method, ${name}, ${splitting ? 'at the start' : 'in one file'}`] = gzip;
    }
  }
  const { code, output } = await command('npm', [
    'pack',
    '--dry-run',
    '--json',
    '--ignore-scripts',
    '--loglevel=error',
  ]);
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
  const [packed] = Object.values(JSON.parse(output) as Record<string, { size: number; unpackedSize: number }>);
  return { ...sizes, tarball: packed!.size, 'tarball, unpacked': packed!.unpackedSize };
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(2)} KB`;

/** A row of the table. */
function row(name: string, now: number, before: number | undefined): string {
  if (before === undefined) return `| ${name} | | ${kilobytes(now)} | new |`;
  const percent = (100 * (now - before)) / before;
  return `| ${name} | ${kilobytes(before)} | ${kilobytes(now)} | ${percent < 0 ? '' : '+'}${percent.toFixed(1)} % |`;
}

const { values } = parseArgs({ options: { json: { type: 'boolean' }, base: { type: 'string' } } });
const now = await measure();
if (values.json) console.log(JSON.stringify(now, undefined, 2));
else if (values.base === undefined) {
  console.log(
    Object.entries(now)
      .map(([name, bytes]) => `${kilobytes(bytes).padStart(11)}  ${name}`)
      .join('\n'),
  );
} else {
  const before = JSON.parse(readFileSync(values.base, 'utf8')) as Sizes;
  const rows = Object.entries(now).map(([name, bytes]) => row(name, bytes, before[name]));
  console.log(['| gzip | base | now | change |', '|---|---:|---:|---:|', ...rows].join('\n'));
}
