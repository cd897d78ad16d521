import type { Contract, ContractField, ContractMessage, FieldType } from './model.ts';

/** One thing that differs: `+` added, `-` removed, `~` changed. */
export interface Change {
  sign: '+' | '-' | '~';
  /** What it is, for example `method kernels.KernelsApiService/SaveKernel`. */
  what: string;
  /** Before and after, for what has changed. */
  how?: string;
}

/** Everything that is different in `after`, services first. Both may be in any order. */
export function compareContracts(before: Contract, after: Contract): Change[] {
  return [
    ...compareKeys('service', before.services, after.services, (service, old, fresh) =>
      compareKeys(`method ${service}/`, old, fresh, (method, a, b) =>
        compareValues(`method ${service}/${method}`, a, b, ['request', 'response', 'deprecated']),
      ),
    ),
    ...compareKeys('message', before.messages, after.messages, compareMessages),
    ...compareKeys('enum', before.enums, after.enums, (name, old, fresh) => compareNames(`enum ${name}`, old, fresh)),
  ];
}

/** A line per change, or one that says that there is none. */
export function changeLines(changes: readonly Change[]): string[] {
  const count = (sign: string): number => changes.filter((change) => change.sign === sign).length;
  const lines = changes.map(({ sign, what, how }) => `${sign} ${what}${how ? `: ${how}` : ''}`);
  if (lines.length === 0) return ['no difference'];
  return [...lines, `${count('+')} added, ${count('-')} removed, ${count('~')} changed`];
}

function compareMessages(name: string, before: ContractMessage, after: ContractMessage): Change[] {
  const fields = (message: ContractMessage): Record<string, ContractField> =>
    Object.fromEntries(message.fields.map((field) => [field.name, field]));
  return [
    ...compareKeys(`field ${name}.`, fields(before), fields(after), (field, old, fresh) =>
      compareValues(`field ${name}.${field}`, old, fresh, ['type', 'optional', 'default', 'deprecated']),
    ),
    ...compareValues(`message ${name}`, before, after, ['oneofs', 'rest']),
  ];
}

function compareKeys<T>(
  what: string,
  before: Record<string, T>,
  after: Record<string, T>,
  inside: (name: string, before: T, after: T) => Change[],
): Change[] {
  const title = (name: string): string => (/[./]$/.test(what) ? `${what}${name}` : `${what} ${name}`);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): Change[] => {
    const [old, fresh] = [before[name], after[name]];
    if (old === undefined) return [{ sign: '+', what: title(name) }];
    if (fresh === undefined) return [{ sign: '-', what: title(name) }];
    return inside(name, old, fresh);
  });
}

function compareValues<T extends object>(what: string, before: T, after: T, keys: Array<keyof T & string>): Change[] {
  return keys.flatMap((key): Change[] => {
    const [old, fresh] = [text(before[key]), text(after[key])];
    return old === fresh ? [] : [{ sign: '~', what, how: `${key} ${old} -> ${fresh}` }];
  });
}

/** Names in order: the first one of an enum is its default. */
function compareNames(what: string, before: readonly string[], after: readonly string[]): Change[] {
  const changes: Change[] = [
    ...after.filter((name) => !before.includes(name)).map((name): Change => ({ sign: '+', what: `${what} ${name}` })),
    ...before.filter((name) => !after.includes(name)).map((name): Change => ({ sign: '-', what: `${what} ${name}` })),
  ];
  const kept = (names: readonly string[]): string =>
    names.filter((name) => before.includes(name) && after.includes(name)).join();
  if (kept(before) !== kept(after)) changes.push({ sign: '~', what, how: 'the order of the names' });
  return changes;
}

function text(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value !== 'object') return String(value);
  const isType = !Array.isArray(value) && ['list', 'map', 'message', 'enum'].some((key) => key in value);
  return isType ? typeText(value as FieldType) : JSON.stringify(value);
}

/** `list of datasets.ApiDatasetFile` */
function typeText(type: FieldType): string {
  if (typeof type === 'string') return type;
  const [[kind, inner]] = Object.entries(type) as [[string, FieldType]];
  return kind === 'list' || kind === 'map' ? `${kind} of ${typeText(inner)}` : String(inner);
}
