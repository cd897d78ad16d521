import { readdirSync, readFileSync } from 'node:fs';
import type { Contract } from './model.ts';

/**
 * The texts of contract/descriptions. A name is `kernels.ApiSaveKernelRequest` for a message, an enum or a service, with
 * `.slug` behind it for a field, a value or a method.
 */
export interface Descriptions {
  /** The text about a name; one of a section with a `*` if there is no other. */
  textOf(name: string): string | undefined;
  /** Areas with a file of their own. */
  areas: readonly string[];
}

interface Section {
  /** `kernels.ApiSaveKernelRequest`; a `*` stands for any characters. */
  name: string;
  text: string;
  members: Map<string, string>;
  /** Where it is, for messages. */
  where: string;
}

/** The file whose sections count for all areas. */
const shared = 'shared.md';

/** Reads contract/descriptions, or the given texts of its files. Throws for a line that is not understood. */
export function readDescriptions(
  files: Readonly<Record<string, string>> = onDisk(),
): Descriptions & { sections: Section[] } {
  const names = Object.keys(files).sort((a, b) => Number(a === shared) - Number(b === shared) || (a < b ? -1 : 1));
  const sections = names.flatMap((name) => parse(name, files[name]!));
  const exact = new Map<string, string>();
  const patterns: { test: RegExp; members: Map<string, string> }[] = [];
  for (const { name, text, members, where } of sections) {
    if (name.includes('*')) {
      patterns.push({ test: patternOf(name), members });
      continue;
    }
    const entries: [string, string][] = [
      [name, text],
      ...[...members].map(([member, about]): [string, string] => [`${name}.${member}`, about]),
    ];
    if (exact.has(name)) throw new Error(`${where}: there is another section about ${name}; merge the two`);
    for (const [key, about] of entries) exact.set(key, about);
  }
  return {
    sections,
    areas: names.filter((name) => name !== shared).map((name) => name.replace(/\.md$/, '')),
    textOf(name) {
      const own = exact.get(name);
      if (own !== undefined) return own || undefined;
      const [, owner = '', member = ''] = /^(.*)\.(.*)$/.exec(name) ?? [];
      return patterns.find(({ test, members }) => members.has(member) && test.test(owner))?.members.get(member);
    },
  };
}

function onDisk(): Record<string, string> {
  const folder = new URL('../../contract/descriptions/', import.meta.url);
  const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');
  return Object.fromEntries(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
}

function patternOf(name: string): RegExp {
  return new RegExp(`^${name.split('*').map(RegExp.escape).join('.*')}$`);
}

function parse(file: string, text: string): Section[] {
  const sections: Section[] = [];
  let member: string | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const where = `contract/descriptions/${file}:${index + 1}`;
    const section = sections.at(-1);
    const [, heading] = /^## (\S+)$/.exec(line) ?? [];
    const [, name, about = ''] = /^- (\S+?): (.+)$/.exec(line) ?? [];
    if (line.includes('*/')) throw new Error(`${where}: "*/" would end the comment; write it another way`);
    if (heading !== undefined) {
      const area = file === shared ? '*' : file.replace(/\.md$/, '');
      sections.push({ name: `${area}.${heading}`, text: '', members: new Map(), where });
      member = undefined;
    } else if (line.startsWith('# ') || line === '' || !section) {
      // The title and what stands below it, before the first section, are for readers of the file.
      if (/^#|^- /.test(line) && !line.startsWith('# ')) throw new Error(`${where}: expected "## Name" before it`);
    } else if (name !== undefined) {
      if (section.members.has(name)) throw new Error(`${where}: "${name}" is described twice in ${section.name}`);
      section.members.set(name, about);
      member = name;
    } else if (/^ {2}\S/.test(line) && member !== undefined) {
      section.members.set(member, `${section.members.get(member)} ${line.trim()}`);
    } else if (/^[^\s#-]/.test(line) && member === undefined) {
      section.text = `${section.text} ${line}`.trim();
    } else {
      throw new Error(
        `${where}: expected "## Name", "- member: text", or a continuation that is indented by two spaces`,
      );
    }
  }
  return sections;
}

/** Names of the members of everything in the contract: fields of messages, values of enums, methods of services. */
function membersOf(contract: Contract): Map<string, string[]> {
  return new Map([
    ...Object.entries(contract.messages).map(([name, { fields }]): [string, string[]] => [
      name,
      fields.map((field) => field.name),
    ]),
    ...Object.entries(contract.enums),
    ...Object.entries(contract.services).map(([name, methods]): [string, string[]] => [name, Object.keys(methods)]),
  ]);
}

/** Throws if something is described that the contract does not have, and says where. */
export function assertDescribed(contract: Contract, { sections }: { sections: readonly Section[] }): void {
  const known = membersOf(contract);
  const problems = sections.flatMap(({ name, members, where }) => {
    const owners = name.includes('*') ? [...known.keys()].filter((one) => patternOf(name).test(one)) : [name];
    if (!owners.some((owner) => known.has(owner))) return [`${where}: the contract has no ${name}`];
    const missing = [...members.keys()].filter((member) => !owners.some((owner) => known.get(owner)!.includes(member)));
    return missing.map((member) => `${where}: ${name} has no "${member}"`);
  });
  if (problems.length === 0) return;
  throw new Error(`cannot place descriptions:\n${problems.join('\n')}\nrename or remove them`);
}

/** A line for each described area: how many of its methods, types, fields and enum values have a text. */
export function coverageLines(contract: Contract, descriptions: Descriptions): string[] {
  const known = [...membersOf(contract)];
  const methods = Object.values(contract.services).flatMap((service) => Object.values(service));
  const paired = new Set(methods.flatMap(({ request, response }) => [request, response]));
  return descriptions.areas.map((area) => {
    const own = known.filter(([name]) => name.startsWith(`${area}.`));
    const count = (title: string, names: readonly string[]) =>
      `${names.filter((name) => descriptions.textOf(name) !== undefined).length} of ${names.length} ${title}`;
    const inside = (table: object) =>
      own.filter(([name]) => name in table).flatMap(([name, members]) => members.map((member) => `${name}.${member}`));
    // Requests and responses are what their methods say.
    const types = own.map(([name]) => name).filter((name) => !(name in contract.services) && !paired.has(name));
    const parts = [
      count('methods', inside(contract.services)),
      count('types', types),
      count('fields', inside(contract.messages)),
      count('enum values', inside(contract.enums)),
    ];
    return `${area}: described ${parts.join(', ')}`;
  });
}
