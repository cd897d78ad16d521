import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-6';
import { describe, expect, test } from 'vitest';
import { namedIn, reports } from '../../scripts/api/report.ts';
import { type Entry, readSurface } from '../../scripts/api/surface.ts';
import { read, root } from '../structure/source-files.ts';

const surface = readSurface();

describe('the public surface', () => {
  const current = reports(surface);
  const folder = join(root, 'etc/api');

  test.each([...current])('is as recorded in etc/api/%s', (name, report) => {
    const recorded = existsSync(join(folder, name)) ? read(`etc/api/${name}`) : '';
    const advice =
      'The public surface changed. If that is intended: run "npm run api", commit etc/api, and describe the change in CHANGELOG.md.';
    expect(report, advice).toBe(recorded);
  });

  test('has exactly the recorded entries', () => {
    expect(globSync('**/*.md', { cwd: folder }).sort()).toEqual([...current.keys()].sort());
  });
});

/**
 * Types that a public declaration names, but that its entry does not export, nor that of the runtime. What only a generated
 * type or the emulator names may be exported by another entry.
 */
function forgotten(): string[] {
  const isService = (file: string) => file.includes('/generated/');
  const isSpread = ({ file }: Entry) => isService(file) || file.includes('/testing/');
  const symbolsOf = ({ exports }: Entry) => [...exports.values()];
  const everywhere = symbolsOf(surface.entries.find(({ name }) => name === 'kaggle-ts/node')!);
  const spread = surface.entries.filter(isSpread).flatMap(symbolsOf);
  expect(spread.length).toBeGreaterThan(1000);
  return surface.entries.flatMap((entry) => {
    const known = new Set([...symbolsOf(entry), ...everywhere, ...(isSpread(entry) ? spread : [])]);
    return symbolsOf(entry)
      .filter(({ declarations }) => isService(declarations![0]!.getSourceFile().fileName) === isService(entry.file))
      .flatMap((symbol) => namedIn(surface, symbol))
      .filter((used) => used.flags & ts.SymbolFlags.Type && !known.has(used))
      .map((used) => `${used.name} in ${entry.name}`);
  });
}

test('every type in a public declaration can be named by users', () => {
  expect([...new Set(forgotten())]).toEqual([]);
});

/** Members whose names say it all, in the terms of Kaggle, HTTP or the web. */
const plain = ['id', 'slug', 'title', 'username', 'isPrivate', 'headers', 'status'];

/** Interfaces without docs of their members, with the reason. */
const exempt: Record<string, string> = {
  KvNamespaceLike: 'members of a binding of Cloudflare, which documents them',
  R2BucketLike: 'members of a binding of Cloudflare, which documents them',
  R2ObjectLike: 'members of a binding of Cloudflare, which documents them',
  R2PartLike: 'members of a binding of Cloudflare, which documents them',
  R2UploadLike: 'members of a binding of Cloudflare, which documents them',
  Checksums: 'named after the algorithms',
  Counts: 'named after what is counted',
};

/** Exports of hand-written modules, and their members, without docs. */
function undocumented(): string[] {
  const ours = surface.entries.flatMap(({ exports }) => [...exports.values()]).filter(isHandWritten);
  const all = new Set(ours.filter(({ flags }) => !(flags & ts.SymbolFlags.Module)));
  expect(all.size).toBeGreaterThan(200);
  return [...all].flatMap((symbol) => {
    const members = [...(symbol.members ?? [])].flatMap(([name, member]) =>
      member.flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Method) && !plain.includes(String(name)) ? [member] : [],
    );
    const missing = [symbol, ...(symbol.name in exempt ? [] : members)].filter((item) => !surface.docsOf(item));
    return missing.map((item) => (item === symbol ? symbol.name : `${symbol.name}.${item.name}`));
  });
}

const isHandWritten = ({ declarations }: ts.Symbol) =>
  declarations!.some((node) => surface.isOurs(node) && !node.getSourceFile().fileName.includes('/generated/'));

test('every export of a hand-written module has docs, and so has every member whose name does not say it', () => {
  expect(undocumented()).toEqual([]);
});

test('library.ts and everything.ts use every entry, function and class', () => {
  const program = ['library.ts', 'everything.ts'].map((name) => read(`test/package/${name}`)).join('\n');
  const unused = surface.entries.flatMap(({ name, exports }) => {
    const values = [...exports].filter(([, { flags }]) => flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class));
    const missing = values.filter(([value]) => !new RegExp(`\\b${value}\\b`).test(program)).map(([value]) => value);
    return program.includes(`from '${name}';`) ? missing : [name];
  });
  expect([...new Set(unused)]).toEqual([]);
});
