import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultKinds } from '../../src/testing/faults/kinds.ts';
import type { FaultRow } from '../../src/testing/faults/row.ts';

const root: string = join(import.meta.dirname, '../..');

/** A row for each kind of fault: what happens. */
export function kindsTable(kinds: Readonly<Record<string, FaultRow>>): string {
  const rows = Object.entries(kinds).map(([name, { about }]) => `| \`${name}\` | ${about} |`);
  return ['| kind | what happens |', '|---|---|', ...rows].join('\n');
}

/** A row for each group of kinds: their names. */
export function groupsTable(kinds: Readonly<Record<string, FaultRow>>): string {
  const groups = new Map<string, string[]>();
  for (const [name, { group }] of Object.entries(kinds)) groups.set(group, [...(groups.get(group) ?? []), name]);
  const rows = [...groups].map(([group, names]) => `| ${group} | ${names.map((name) => `\`${name}\``).join(', ')} |`);
  return ['| group | kinds |', '|---|---|', ...rows].join('\n');
}

/** The text with what stands between the two marks replaced. */
function between(text: string, table: string): string {
  const marks = /(<!-- fault kinds -->\n\n)[\s\S]*?(\n\n<!-- end of fault kinds -->)/;
  if (!marks.test(text)) throw new Error('the marks of the table of fault kinds are missing');
  return text.replace(marks, (_, start: string, end: string) => `${start}${table}${end}`);
}

/** The documents that list the kinds of faults, with the path below the project's folder. */
function documents(): { path: string; text: string; wanted: string }[] {
  const tables = { 'emulator.md': kindsTable(faultKinds), 'faults.md': groupsTable(faultKinds) };
  return Object.entries(tables).map(([name, table]) => {
    const text = readFileSync(join(root, 'docs', name), 'utf8');
    return { path: `docs/${name}`, text, wanted: between(text, table) };
  });
}

/** The documents whose tables differ from the kinds. */
export function staleDocuments(): string[] {
  return documents()
    .filter(({ text, wanted }) => text !== wanted)
    .map(({ path }) => path);
}

export function writeDocuments(): void {
  for (const { path, wanted } of documents()) writeFileSync(join(root, path), wanted);
}
