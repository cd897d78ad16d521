import type { Contract, ContractField, ContractMessage } from './model.ts';
import { findRenames, rename, typeText } from './renames.ts';

/** In the order in which differences are told. */
const subjects = ['service', 'method', 'field', 'enum value', 'message', 'enum'] as const;

/** Headings of what is told, in order: removed and changed things, new ones, and what no code depends on. */
const headings = { breaks: 'breaks code that uses it', adds: 'new', notes: 'of no consequence for code' } as const;

/** One thing that differs. */
export interface Change {
  kind: keyof typeof headings;
  /** Removed, changed or added. */
  sign: '-' | '~' | '+';
  subject: (typeof subjects)[number];
  /** `kernels.KernelsApiService/SaveKernel`, `kernels.KernelMetadata.slug` */
  name: string;
  /** `type: string -> integer` */
  how?: string;
}

/** Everything that is different in `after`: what breaks users first, then what is new, then the rest. */
export function compareContracts(before: Contract, after: Contract): Change[] {
  const renames = findRenames(before, after);
  const old = rename(before, renames);
  const changes = [
    ...eachKey('service', '', old.services, after.services, (service, a, b) =>
      eachKey('method', `${service}/`, a, b, (name, one, other) => [
        ...different('breaks', 'method', `${service}/${name}`, 'request', one.request, other.request),
        ...different('breaks', 'method', `${service}/${name}`, 'answer', one.response, other.response),
        ...different('notes', 'method', `${service}/${name}`, 'deprecated', one.deprecated, other.deprecated),
      ]),
    ),
    ...renames.map(
      ({ what, from, to }): Change => ({
        kind: 'breaks',
        sign: '~',
        subject: what,
        name: from,
        how: `now called ${to}`,
      }),
    ),
    ...eachKey('message', '', old.messages, after.messages, compareMessages),
    ...eachKey('enum', '', old.enums, after.enums, compareNames),
  ];
  const rank = ({ kind, sign, subject }: Change): number =>
    Object.keys(headings).indexOf(kind) * 100 + subjects.indexOf(subject) * 10 + '-~+'.indexOf(sign);
  return changes.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** A heading and the changes of each kind, or a line that says that there is none. */
export function changeLines(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['no difference'];
  return Object.entries(headings).flatMap(([kind, heading]) => {
    const lines = changes
      .filter((change) => change.kind === kind)
      .map(({ sign, subject, name, how }) => `  ${sign} ${subject} ${name}${how ? `: ${how}` : ''}`);
    return lines.length > 0 ? [`${heading} (${lines.length}):`, ...lines] : [];
  });
}

function compareMessages(name: string, before: ContractMessage, after: ContractMessage): Change[] {
  const byName = (fields: ContractField[]) => Object.fromEntries(fields.map((field) => [field.name, field]));
  const [old, fresh] = [byName(before.fields), byName(after.fields)];
  const fields = eachKey('field', `${name}.`, old, fresh, (field, a, b) => [
    ...different('breaks', 'field', `${name}.${field}`, 'type', typeText(a.type), typeText(b.type)),
    ...different('breaks', 'field', `${name}.${field}`, 'optional', a.optional, b.optional),
    ...different('notes', 'field', `${name}.${field}`, 'deprecated', a.deprecated, b.deprecated),
  ]);
  for (const change of fields.filter(({ sign }) => sign === '-')) {
    const gone = old[change.name.slice(name.length + 1)]!;
    const alike = after.fields.filter((one) => !old[one.name] && typeText(one.type) === typeText(gone.type));
    if (alike.length > 0) change.how = `perhaps now called ${alike.map((field) => field.name).join(' or ')}`;
  }
  const excluded = newlyExcluded(before, after).map(
    (pair): Change => ({ kind: 'breaks', sign: '~', subject: 'message', name, how: `only one of ${pair} may be set` }),
  );
  return [...fields, ...excluded, ...different('notes', 'message', name, 'rest', before.rest, after.rest)];
}

/** Pairs of fields that could be set together before, and now exclude each other. */
function newlyExcluded(before: ContractMessage, after: ContractMessage): string[] {
  const exclude = ({ oneofs = [] }: ContractMessage, a: string, b: string): boolean =>
    oneofs.some((group) => group.includes(a) && group.includes(b));
  const kept = before.fields
    .map(({ name }) => name)
    .filter((name) => after.fields.some((field) => field.name === name));
  return kept.flatMap((a, index) =>
    kept
      .slice(index + 1)
      .filter((b) => exclude(after, a, b) && !exclude(before, a, b))
      .map((b) => `${a} and ${b}`),
  );
}

/** The first name of an enum stands for what is absent; beyond that the order means nothing. */
function compareNames(name: string, before: readonly string[], after: readonly string[]): Change[] {
  const table = (names: readonly string[]) => Object.fromEntries(names.map((one) => [one, one]));
  return [
    ...eachKey('enum value', `${name}.`, table(before), table(after), () => []),
    ...different('breaks', 'enum', name, 'default', before[0], after[0]),
  ];
}

/** What is only in one of two tables, and what `inside` finds in that which is in both. */
function eachKey<T>(
  subject: Change['subject'],
  prefix: string,
  before: Record<string, T>,
  after: Record<string, T>,
  inside: (key: string, before: T, after: T) => Change[],
): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key): Change[] => {
    const [old, fresh] = [before[key], after[key]];
    const name = `${prefix}${key}`;
    if (old === undefined) return [{ kind: 'adds', sign: '+', subject, name }];
    if (fresh === undefined) return [{ kind: 'breaks', sign: '-', subject, name }];
    return inside(key, old, fresh);
  });
}

function different(
  kind: Change['kind'],
  subject: Change['subject'],
  name: string,
  what: string,
  before: unknown,
  after: unknown,
): Change[] {
  const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
  const [old, fresh] = [text(before ?? 'none'), text(after ?? 'none')];
  return old === fresh ? [] : [{ kind, sign: '~', subject, name, how: `${what} ${old} -> ${fresh}` }];
}
