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

/** The list in the TSDoc of `FaultKind`. */
export function kindsList(kinds: Readonly<Record<string, FaultRow>>): string {
  return Object.entries(kinds)
    .map(([name, { about }]) => ` * - \`${name}\`: ${about}\n`)
    .join('');
}

/** Replaces the list in the TSDoc of `FaultKind`. */
function withList(text: string, list: string): string {
  const place = /( \* Kinds of faults, .*\n \*\n)(?: \* - .*\n)*( \*\n \* @example)/;
  if (!place.test(text))
    throw new Error('cannot write the list of fault kinds: the TSDoc of FaultKind has no place for it');
  return text.replace(place, (_, start: string, end: string) => start + list + end);
}

const writers: Readonly<Record<string, (text: string) => string>> = {
  'docs/emulator.md': (text) => between(text, kindsTable(faultKinds)),
  'docs/faults.md': (text) => between(text, groupsTable(faultKinds)),
  'src/testing/faults/kinds.ts': (text) => withList(text, kindsList(faultKinds)),
};

/** The files that list the kinds of faults, as they should be, by their paths. */
export function faultDocuments(): Map<string, string> {
  return new Map(Object.entries(writers).map(([path, write]) => [path, write(readFileSync(join(root, path), 'utf8'))]));
}
