import type { Contract, ContractMessage, ElementType, FieldType } from './model.ts';

/** A message or enum with another name and the same content. */
export interface Rename {
  what: 'message' | 'enum';
  from: string;
  to: string;
}

/** Pairs of removed and added messages or enums with the same content. Empty messages are ignored. */
export function findRenames(before: Contract, after: Contract): Rename[] {
  const found = [
    ...match('message', before.messages, after.messages, ({ fields, oneofs }) => fields.length > 0 && [fields, oneofs]),
    ...match('enum', before.enums, after.enums, (names) => names),
  ];
  // Messages that refer to renamed ones may be equal now.
  return found.length > 0 ? [...found, ...findRenames(rename(before, found), after)] : [];
}

/** The contract with the new names, so references to them do not count as changes. */
export function rename(contract: Contract, renames: readonly Rename[]): Contract {
  const to = (name: string): string => renames.find(({ from }) => from === name)?.to ?? name;
  const keys = <T, U>(table: Record<string, T>, change: (value: T) => U): Record<string, U> =>
    Object.fromEntries(Object.entries(table).map(([name, value]) => [to(name), change(value)]));
  const element = (type: ElementType): ElementType => {
    if (typeof type === 'string') return type;
    return 'message' in type ? { message: to(type.message) } : { enum: to(type.enum) };
  };
  const type = (value: FieldType): FieldType => {
    if (typeof value === 'string') return value;
    if ('list' in value) return { list: element(value.list) };
    return 'map' in value ? { map: element(value.map) } : element(value);
  };
  const message = (value: ContractMessage): ContractMessage => ({
    ...value,
    fields: value.fields.map((field) => ({ ...field, type: type(field.type) })),
  });
  const services = Object.entries(contract.services).map(([service, methods]) => [
    service,
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        { ...method, request: to(method.request), response: method.response && to(method.response) },
      ]),
    ),
  ]);
  return {
    source: contract.source,
    services: Object.fromEntries(services),
    messages: keys(contract.messages, message),
    enums: keys(contract.enums, (names) => names),
  };
}

/** `list of datasets.ApiDatasetFile` */
export function typeText(type: FieldType): string {
  if (typeof type === 'string') return type;
  const [[kind, inner]] = Object.entries(type) as [[string, FieldType]];
  return kind === 'list' || kind === 'map' ? `${kind} of ${typeText(inner)}` : String(inner);
}

/** Pairs each removed entry with the added one of the same content, if there is exactly one. */
function match<T>(
  what: Rename['what'],
  before: Record<string, T>,
  after: Record<string, T>,
  content: (value: T) => unknown,
): Rename[] {
  const fresh = Object.keys(after).filter((name) => !(name in before));
  const gone = Object.keys(before).filter((name) => !(name in after));
  const same = (a: T | undefined, b: T | undefined): boolean => {
    const [one, other] = [a && content(a), b && content(b)];
    return Boolean(one) && JSON.stringify(one) === JSON.stringify(other);
  };
  return gone.flatMap((from) => {
    const successors = fresh.filter((to) => same(before[from], after[to]));
    const rivals = gone.filter((other) => same(before[other], before[from]));
    return successors.length === 1 && rivals.length === 1 ? [{ what, from, to: successors[0] as string }] : [];
  });
}
