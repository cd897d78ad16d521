import { readFileSync } from 'node:fs';

/** The tables of docs/codec.md that count the excepted rows, as rule -> number. */
export function documentedExceptions(table: 'decode' | 'enums'): Record<string, number> {
  const text = readFileSync(new URL('../../docs/codec.md', import.meta.url), 'utf8');
  const section = text.split(`<!-- exceptions: ${table} -->`)[1]?.split('<!-- end -->')[0] ?? '';
  const rows = [...section.matchAll(/^\| `(.+?)` \|.*\| (\d+) \|$/gm)];
  return Object.fromEntries(rows.map(([, rule, rows]) => [rule, Number(rows)]));
}
