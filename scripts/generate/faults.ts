import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultKinds } from '../../src/testing/faults/kinds.ts';
import type { FaultRow } from '../../src/testing/faults/row.ts';

const root: string = join(import.meta.dirname, '../..');

/** One row per kind of fault, with its effect. */
export function kindsTable(kinds: Readonly<Record<string, FaultRow>>): string {
  const rows = Object.entries(kinds).map(([name, { about }]) => `| \`${name}\` | ${about} |`);
  return ['| kind | what happens |', '|---|---|', ...rows].join('\n');
}

/** One row per group, with the names of its kinds. */
export function groupsTable(kinds: Readonly<Record<string, FaultRow>>): string {
  const groups = new Map<string, string[]>();
  for (const [name, { group }] of Object.entries(kinds)) groups.set(group, [...(groups.get(group) ?? []), name]);
  const rows = [...groups].map(([group, names]) => `| ${group} | ${names.map((name) => `\`${name}\``).join(', ')} |`);
  return ['| group | kinds |', '|---|---|', ...rows].join('\n');
}

/** Replaces the text between the two marks. */
function between(text: string, table: string): string {
  const marks = /(<!-- fault kinds -->\n\n)[\s\S]*?(\n\n<!-- end of fault kinds -->)/;
  if (!marks.test(text))
    throw new Error('cannot write the table of fault kinds: its <!-- fault kinds --> marks are missing');
  return text.replace(marks, (_, start: string, end: string) => `${start}${table}${end}`);
}

/** The documents that list the kinds of faults, as they should be, by their paths. */
export function faultDocuments(): Map<string, string> {
  const tables = { 'emulator.md': kindsTable(faultKinds), 'faults.md': groupsTable(faultKinds) };
  return new Map(
    Object.entries(tables).map(([name, table]) => {
      const text = readFileSync(join(root, 'docs', name), 'utf8');
      return [`docs/${name}`, between(text, table)];
    }),
  );
}
