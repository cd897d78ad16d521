import { describe, expect, it } from 'vitest';
import type { ContractField } from '../../scripts/contract/model.ts';
import { createClient } from '../../src/core/rpc/create-client.ts';
import { documentedExceptions } from './codec-exceptions.ts';
import {
  contract,
  expectedSeen,
  type Fields,
  fromInstance,
  messageOf,
  messageSchema,
  methods,
  present,
  readJson,
  same,
  sent,
  toSeen,
  vectors,
} from './codec-support.ts';

interface Encoding {
  message: string;
  case: string;
  instance: Fields;
  wire: unknown;
}
interface Decoding {
  message: string;
  case: string;
  wire: unknown;
  field?: string;
  raises: string | null;
  seen: Fields;
  has: string[];
  reencoded: unknown;
}
const encoding = vectors<{
  vectors: Encoding[];
  presence: Encoding[];
  oneofs: Record<string, string[][]>;
  oneofOverride: Array<{ message: string; assignments: Fields[]; wire: unknown }>;
}>('messages.json');
const decoding =
  vectors<
    Record<'vectors' | 'timestamps' | 'durations' | 'fieldMasks' | 'scalars' | 'enumFields' | 'oneofs', Decoding[]>
  >('decode.json');
const rpc = vectors<{
  rpc: Array<{
    service: string;
    method: string;
    httpMethod: string;
    url: string;
    instance: Fields;
    body: unknown;
  }>;
}>('rpc.json').rpc;

/** What a value of each kind is in JSON, for the kinds that are handed on as they come. */
const JSON_TYPES: Partial<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
};

/** The rule by which a recorded row does not bind us, if there is one. */
function exceptionOf(row: Decoding): string | undefined {
  if (row.raises) return 'raises';
  const text = JSON.stringify([row.seen, row.reencoded]);
  if (text.includes('$tzAware')) return '$tzAware';
  if (text.includes('$python')) return '$python';
  const field = messageOf(row.message).fields.find(({ name }) => name === row.field);
  const raw = row.field ? (row.wire as Fields)[row.field] : undefined;
  if (/mismatch|odd/.test(row.case) && field && !wellTyped(raw, field)) return 'defect 13: wrong type';
  const isPlain = typeof field?.type === 'string' && field.type in JSON_TYPES;
  if (row.case.startsWith('null:') && isPlain && !field.optional) return 'defect 13: null';
  if (row.case === 'timestamp' && /\.\d+[+-](?!00:00)/.test(`${raw}`)) return 'defect 11';
  if (row.case === 'duration' && /^-\d+\.\d/.test(`${raw}`)) return 'defect 12';
  if (/\.0s"/.test(text)) return 'defect 1';
  if (row.case === 'duration' && (Number.parseFloat(`${raw}`) >= 86_400 || /^-/.test(`${raw}`))) return 'defect 2';
  return undefined;
}

/** Whether a JSON value is what the contract declares; proto-JSON writes large integers and NaN as strings. */
function wellTyped(value: unknown, { type, optional }: Pick<ContractField, 'type' | 'optional'>): boolean {
  if (typeof type === 'object' && 'list' in type)
    return Array.isArray(value) && value.every((one) => wellTyped(one, { type: type.list }));
  if (typeof type === 'object' && 'map' in type)
    return Object.values(value as object).every((one) => wellTyped(one, { type: type.map }));
  if (typeof type === 'object') return true;
  // To the official client 0 is false, and an implicit false is absent.
  if (type === 'boolean' && value === 0 && !optional) return true;
  if (typeof value !== JSON_TYPES[type])
    return type === 'integer' && typeof value === 'string' && /^-?\d{16,}$/.test(value);
  return type !== 'integer' || Number.isInteger(value);
}

/** Where ours differs from the recording; empty when the row passes. */
function differences(row: Decoding): string[] {
  const value = messageSchema(row.message).decode(row.wire);
  const found: string[] = [];
  if (!same(toSeen(row.message, value), expectedSeen(row.message, row.seen, row.wire))) found.push('seen');
  if (!same(present(row.message, value).sort(), [...row.has].sort())) found.push('has');
  let again: unknown;
  try {
    again = sent(row.message, value);
  } catch {
    again = undefined;
  }
  if (!same(again, row.reencoded)) found.push('reencoded');
  return found;
}

const rules = new Set<string>();

describe('messages.json', () => {
  it.each([
    ['vectors', encoding.vectors],
    ['presence', encoding.presence],
  ])('%s: what is sent is what the official client sends', (_, rows) => {
    const wrong = rows.filter((row) => !same(sent(row.message, fromInstance(row.message, row.instance)), row.wire));
    expect(wrong).toEqual([]);
    expect(rows.length).toBeGreaterThan(500);
  });

  it('knows the same oneofs as the contract', () => {
    const ours = Object.entries(contract.messages).flatMap(([name, { oneofs }]) => (oneofs ? [[name, oneofs]] : []));
    expect(Object.fromEntries(ours)).toEqual(encoding.oneofs);
  });

  it('oneofOverride: the last assignment alone is sent, both together are refused', () => {
    for (const { message, assignments, wire } of encoding.oneofOverride) {
      const [first = {}, last = {}] = assignments.map((value) => fromInstance(message, value));
      expect(
        same(
          sent(message, {
            ...first,
            ...Object.fromEntries(Object.keys(first).map((key) => [key, undefined])),
            ...last,
          }),
          wire,
        ),
      ).toBe(true);
      expect(() => sent(message, { ...first, ...last })).toThrow('only one of');
    }
  });
});

describe('rpc.json', () => {
  it('each method of the contract makes the recorded request', async () => {
    let request: unknown;
    const client = createClient({
      token: 'KGAT_test',
      async fetch(sent) {
        request = { httpMethod: sent.method, url: sent.url, body: readJson(await sent.text()) };
        return new Response('{}', { headers: { 'content-type': 'application/json' } });
      },
    });
    const wrong: unknown[] = [];
    for (const { service, method: name, instance, ...recorded } of rpc) {
      const method = methods.get(`${service}/${name}`)!;
      await client.call(method, fromInstance(method.request.messageName, instance));
      if (!same(request, recorded)) wrong.push({ recorded, request });
    }
    expect(wrong).toEqual([]);
    expect(rpc.map(({ service, method }) => `${service}/${method}`).sort()).toEqual([...methods.keys()].sort());
  });
});

describe('decode.json', () => {
  const sections = ['vectors', 'timestamps', 'durations', 'fieldMasks', 'scalars', 'enumFields', 'oneofs'] as const;
  it.each(sections)('%s: values, presence and re-encoding are those recorded, save the excepted rows', (section) => {
    const wrong: unknown[] = [];
    const passing: unknown[] = [];
    for (const row of decoding[section]) {
      const rule = exceptionOf(row);
      if (rule) rules.add(rule);
      if (rule === 'raises') {
        expect(() => messageSchema(row.message).decode(row.wire)).not.toThrow();
        continue;
      }
      const found = differences(row);
      if (!rule && found.length > 0) wrong.push({ found, row, ours: messageSchema(row.message).decode(row.wire) });
      if (rule && found.length === 0) passing.push({ rule, row });
    }
    expect(wrong).toEqual([]);
    expect(passing).toEqual([]);
  });

  it('rows are excepted by the rules of docs/codec.md, each of which there is', () => {
    expect([...rules].sort()).toEqual(documentedExceptions('decode'));
  });

  it('every field that a row names is in the contract', () => {
    for (const row of decoding.scalars)
      if (row.field) expect(messageOf(row.message).fields.some(({ name }) => name === row.field)).toBe(true);
  });
});
