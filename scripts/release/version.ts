import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files that contain the version, and its pattern in each. */
const places: readonly (readonly [file: string, written: RegExp])[] = [
  ['package.json', /^ {2}"version": "([^"]+)"/m],
  ['package-lock.json', /^ {2}"version": "([^"]+)"/m],
  ['package-lock.json', /^ {6}"version": "([^"]+)"/m],
  ['jsr.json', /^ {2}"version": "([^"]+)"/m],
  ['src/core/rpc/version.ts', /^export const version: string = '([^']+)'/m],
];

/** Returns the version of the project in `folder`. Throws if its files disagree. */
export function currentVersion(folder: string): string {
  const found = places.map(([file, written]) => [file, written.exec(readFileSync(join(folder, file), 'utf8'))?.[1]]);
  const [, version] = found[0]!;
  const other = found.find(([, value]) => value === undefined || value !== version);
  if (other) throw new Error(`${other[0]} has version ${other[1]}, package.json has ${version}; make them equal`);
  return version!;
}

/** Writes the version to all files and returns their names. */
export function writeVersion(folder: string, version: string): string[] {
  for (const [file, written] of places) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      text.replace(written, (line, old: string) => line.replace(old, version)),
    );
  }
  return [...new Set(places.map(([file]) => file))];
}

const parts = (version: string): number[] => version.split('.').map(Number);

/** Returns the version after a step (`major`, `minor` or `patch`), or `wanted` itself. Throws if that is an earlier version. */
export function nextVersion(current: string, wanted: string): string {
  const [major = 0, minor = 0, patch = 0] = parts(current);
  if (wanted === 'major') return `${major + 1}.0.0`;
  if (wanted === 'minor') return `${major}.${minor + 1}.0`;
  if (wanted === 'patch') return `${major}.${minor}.${patch + 1}`;
  if (!/^\d+\.\d+\.\d+$/.test(wanted)) {
    throw new Error(`expected major, minor, patch or a version like 1.2.3, got "${wanted}"`);
  }
  const later = parts(wanted).map((part, index) => part - [major, minor, patch][index]!);
  if ((later.find((difference) => difference !== 0) ?? 0) < 0) throw new Error(`${wanted} is before ${current}`);
  return wanted;
}
