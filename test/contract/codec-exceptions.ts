import { readFileSync } from 'node:fs';

/** The rules in a table of docs/codec.md by which rows are excepted. */
export function documentedExceptions(table: 'decode' | 'enums'): string[] {
  const text = readFileSync(new URL('../../docs/codec.md', import.meta.url), 'utf8');
  const section = text.split(`<!-- exceptions: ${table} -->`)[1]?.split('<!-- end -->')[0] ?? '';
  return [...section.matchAll(/^\| `(.+?)` \|/gm)].map(([, rule = '']) => rule).sort();
}
