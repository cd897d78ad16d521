import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ContractField, ContractMessage } from '../../scripts/contract/model.ts';
import { readContract } from '../../scripts/contract/model.ts';
import { areas } from '../../scripts/generate/names.ts';
import type { EnumSchema, Message } from '../../src/core/codec/index.ts';
import type { Method } from '../../src/core/rpc/method.ts';

/** Helpers of the codec's tests. They read the contract, never the codec's own tables. */

const newest = fileURLToPath(new URL('../../node_modules/node/bin/node', import.meta.url));
/** A Node that runs TypeScript: the project's own, where it is installed. */
export const node: string = existsSync(newest) ? newest : process.execPath;

export type Fields = Record<string, unknown>;
export const contract: ReturnType<typeof readContract> = readContract();

const messages = new Map<string, Message<Fields>>();
const enums = new Map<string, EnumSchema<string>>();
/** The generated methods by `service/Method`. */
export const methods: Map<string, Method<Fields>> = new Map();
for (const area of areas(contract)) {
  const generated = await import(`../../src/services/${area}/generated/index.ts`);
  for (const value of Object.values(generated) as Array<Message<Fields> | EnumSchema<string> | Method<Fields>>) {
    if ('service' in value) methods.set(`${value.service}/${value.name}`, value);
    else if ('messageName' in value) messages.set(value.messageName, value);
    else enums.set(value.enumName, value);
  }
}

/** What there are schemas of. */
export const schemaNames: string[] = [...messages.keys(), ...enums.keys()].sort();

export function messageSchema(name: string): Message<Fields> {
  const schema = messages.get(name);
  if (!schema) throw new Error(`no schema of ${name}`);
  return schema;
}

export function enumSchema(name: string): EnumSchema<string> | undefined {
  return enums.get(name);
}

export function messageOf(name: string): ContractMessage {
  return contract.messages[name] as ContractMessage;
}

/** Reads JSON with integers beyond 2^53-1 as strings, in another way than the codec does. */
export function readJson(text: string): never {
  const quoted = text
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replace(/-?\d{16,}(?![\d.eE])/g, (digits) =>
            Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`,
          ),
    );
  return JSON.parse(quoted.join('')) as never;
}

export function vectors<T>(file: string): T {
  return readJson(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'));
}

/** What `schema.encode` sends, as it stands on the wire. */
export function sent(name: string, value: unknown): unknown {
  return readJson(JSON.stringify(messageSchema(name).encode(value)));
}

type Convert = (value: unknown, field: ContractField) => unknown;

/** Walks the fields of a message and converts what stands at each scalar. */
function convert(name: string, value: Fields, scalar: Convert): Fields {
  const fields = new Map(messageOf(name).fields.map((field) => [field.name, field]));
  const element = (item: unknown, type: ContractField['type'], field: ContractField): unknown => {
    if (item === null || item === undefined) return scalar(item, field);
    if (typeof type === 'object') {
      if ('list' in type) return (item as unknown[]).map((one) => element(one, type.list, field));
      if ('map' in type)
        return Object.fromEntries(Object.entries(item).map(([key, one]) => [key, element(one, type.map, field)]));
      if ('message' in type) return convert(type.message, item as Fields, scalar);
    }
    return scalar(item, field);
  };
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const field = fields.get(key);
      return [key, field ? element(item, field.type, field) : item];
    }),
  );
}

/** A recorded instance in our form: times are `Date`. */
export function fromInstance(name: string, instance: Fields): Fields {
  return convert(name, instance, (value, { type }) =>
    type === 'timestamp' && typeof value === 'string' ? new Date(value) : value,
  );
}

/** One of our values in the recordings' form: times as text, masks in snake_case, fields of the contract only. */
export function toSeen(name: string, value: Fields): Fields {
  const known = new Set(messageOf(name).fields.map((field) => field.name));
  const own = Object.fromEntries(Object.entries(value).filter(([key]) => known.has(key)));
  const nested = convert(name, own, (item, { type }) => {
    if (type === 'timestamp') return (item as Date | undefined)?.toISOString();
    if (type === 'fieldMask')
      return (item as string[] | undefined)?.map((path) =>
        path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      );
    return item;
  });
  return Object.fromEntries(Object.entries(nested).map(([key, item]) => [key, eachMessage(name, key, item, toKnown)]));
}

function toKnown(name: string, value: Fields): Fields {
  const known = new Set(messageOf(name).fields.map((field) => field.name));
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => known.has(key))
      .map(([key, item]) => [key, eachMessage(name, key, item, toKnown)]),
  );
}

/** Applies `change` to the message or messages that a field holds. */
function eachMessage(
  name: string,
  key: string,
  item: unknown,
  change: (name: string, value: Fields) => Fields,
): unknown {
  const type = messageOf(name).fields.find((field) => field.name === key)?.type;
  if (typeof type !== 'object' || item === undefined || item === null) return item;
  const element = 'list' in type ? type.list : 'map' in type ? type.map : type;
  if (typeof element !== 'object' || !('message' in element)) return item;
  const { message } = element;
  return Array.isArray(item) ? item.map((one) => change(message, one)) : change(message, item as Fields);
}

/**
 * What the official client showed, less what it shows for fields that are not set: there it gives the default of the
 * type, we give `undefined`. Years before 1000 lack their leading zeros in the recordings.
 */
export function expectedSeen(name: string, seen: Fields, wire: unknown): Fields {
  const from = (typeof wire === 'object' && wire !== null ? wire : {}) as Fields;
  const result: Fields = {};
  for (const { name: key, type, optional } of messageOf(name).fields) {
    const absent = from[key] === undefined || from[key] === null;
    if (optional && absent) continue;
    const value = seen[key];
    if (value === null && absent) continue;
    if (type === 'timestamp' && typeof value === 'string')
      result[key] = value.replace(/^(\d+)/, (year) => year.padStart(4, '0'));
    else if (typeof type === 'object' && 'message' in type && value)
      result[key] = expectedSeen(type.message, value as Fields, from[key]);
    else if (typeof type === 'object' && 'list' in type && typeof type.list === 'object' && 'message' in type.list) {
      const { message } = type.list;
      const items = Array.isArray(from[key]) ? (from[key] as unknown[]) : [];
      result[key] = (value as Fields[]).map((one, index) => expectedSeen(message, one, items[index]));
    } else result[key] = value;
  }
  return result;
}

/** The fields that are present: explicit ones when set, implicit ones when they differ from their zero value. */
export function present(name: string, value: Fields): string[] {
  return messageOf(name)
    .fields.filter(({ name: key, type, optional }) => {
      const item = value[key];
      if (item === undefined) return false;
      if (optional || type === 'timestamp' || type === 'duration' || type === 'fieldMask' || type === 'any')
        return true;
      if (typeof type === 'object') {
        if ('message' in type) return true;
        if ('enum' in type) return item !== contract.enums[type.enum]?.[0];
        return Object.keys(item as object).length > 0;
      }
      return item !== '' && item !== 0 && item !== false;
    })
    .map((field) => field.name);
}

/** Deep equality of JSON-like values; 0 and -0 are equal, `undefined` is absent. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => same((a as Fields)[key], (b as Fields)[key]));
}
