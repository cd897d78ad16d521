import type { Contract, ContractField, ContractMessage } from './model.ts';
import { findRenames, rename, typeText } from './renames.ts';

/** Subjects of changes, in the order of the report. */
const subjects = ['service', 'method', 'field', 'enum value', 'message', 'enum'] as const;

/** Headings of the report, in order. */
const headings = { breaks: 'breaking', adds: 'added', notes: 'no effect on code' } as const;

/** One difference. */
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

/** All differences of `after`: breaking ones first, then additions, then the rest. */
export function compareContracts(before: Contract, after: Contract): Change[] {
  const renames = findRenames(before, after);
  const old = rename(before, renames);
  const changes = [
    ...eachKey('service', '', old.services, after.services, (service, a, b) =>
      eachKey('method', `${service}/`, a, b, (name, one, other) => [
        ...different('breaks', 'method', `${service}/${name}`, 'request', one.request, other.request),
        ...different('breaks', 'method', `${service}/${name}`, 'response', one.response, other.response),
        ...different('notes', 'method', `${service}/${name}`, 'deprecated', one.deprecated, other.deprecated),
      ]),
    ),
    ...renames.map(
      ({ what, from, to }): Change => ({
        kind: 'breaks',
        sign: '~',
        subject: what,
        name: from,
        how: `renamed to ${to}`,
      }),
    ),
    ...eachKey('message', '', old.messages, after.messages, compareMessages),
    ...eachKey('enum', '', old.enums, after.enums, compareNames),
  ];
  const rank = ({ kind, sign, subject }: Change): number =>
    Object.keys(headings).indexOf(kind) * 100 + subjects.indexOf(subject) * 10 + '-~+'.indexOf(sign);
  return changes.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : Number(a.name > b.name)));
}

/** The report: for each kind of change a heading and its lines. */
export function changeLines(changes: readonly Change[]): string[] {
  if (changes.length === 0) return ['no changes'];
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
    if (alike.length > 0) change.how = `possibly renamed to ${alike.map((field) => field.name).join(' or ')}`;
  }
  const excluded = newlyExcluded(before, after).map(
    (pair): Change => ({ kind: 'breaks', sign: '~', subject: 'message', name, how: `only one of ${pair} may be set` }),
  );
  return [...fields, ...excluded, ...different('notes', 'message', name, 'rest', before.rest, after.rest)];
}

/** Pairs of fields that could be set together in `before` but not in `after`. */
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

/** Only the first value's position matters: it is the default. */
function compareNames(name: string, before: readonly string[], after: readonly string[]): Change[] {
  const table = (names: readonly string[]) => Object.fromEntries(names.map((one) => [one, one]));
  return [
    ...eachKey('enum value', `${name}.`, table(before), table(after), () => []),
    ...different('breaks', 'enum', name, 'default', before[0], after[0]),
  ];
}

/** Keys that only one of two tables has, and what `inside` finds for the others. */
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
