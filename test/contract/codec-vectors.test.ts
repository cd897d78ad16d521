import { describe, expect, it } from 'vitest';
import { documentedExceptions } from './codec-exceptions.ts';
import {
  contract,
  expectedSeen,
  type Fields,
  fromInstance,
  messageOf,
  messageSchema,
  present,
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
  declared?: string;
  kind?: string;
  optional?: boolean;
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
    request: string;
    response: string | null;
    instance: Fields;
    body: unknown;
  }>;
}>('rpc.json').rpc;

const JSON_TYPES: Record<string, string> = { str: 'string', int: 'number', float: 'number', bool: 'boolean' };

/** The rule by which a recorded row does not bind us, if there is one. */
function exceptionOf(row: Decoding): string | undefined {
  if (row.raises) return 'raises';
  const text = JSON.stringify([row.seen, row.reencoded]);
  if (text.includes('$tzAware')) return '$tzAware';
  const raw = row.field ? (row.wire as Fields)[row.field] : undefined;
  if (row.declared && !wellTyped(raw, row.declared, row.optional)) return 'defect 13: wrong type';
  if (row.case.startsWith('null:') && row.kind === 'Predefined' && !row.optional) return 'defect 13: null';
  if (row.case === 'timestamp' && /\.\d+[+-](?!00:00)/.test(`${raw}`)) return 'defect 11';
  if (row.case === 'duration' && /^-\d+\.\d/.test(`${raw}`)) return 'defect 12';
  if (/\.0s"/.test(text)) return 'defect 1';
  if (row.case === 'duration' && (Number.parseFloat(`${raw}`) >= 86_400 || /^-/.test(`${raw}`))) return 'defect 2';
  return undefined;
}

/** Whether a JSON value is what the contract declares; proto-JSON writes large integers and NaN as strings. */
function wellTyped(value: unknown, declared: string, optional: boolean | undefined): boolean {
  // To the official client 0 is false, and an implicit false is absent.
  if (declared === 'bool' && value === 0 && !optional) return true;
  if (typeof value !== JSON_TYPES[declared])
    return declared === 'int' && typeof value === 'string' && /^-?\d{16,}$/.test(value);
  return declared !== 'int' || Number.isInteger(value);
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

const counts = new Map<string, number>();
function count(rule: string): void {
  counts.set(rule, (counts.get(rule) ?? 0) + 1);
}

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
    expect(encoding.oneofOverride).toHaveLength(20);
  });
});

describe('rpc.json', () => {
  it('all 108 requests have the recorded body', () => {
    const wrong = rpc.filter((row) => !same(sent(row.request, fromInstance(row.request, row.instance)), row.body));
    expect(wrong).toEqual([]);
    expect(rpc).toHaveLength(108);
    for (const row of rpc)
      expect(contract.services[row.service]?.[row.method]).toMatchObject({
        request: row.request,
        response: row.response,
      });
  });
});

describe('decode.json', () => {
  const sections = ['vectors', 'timestamps', 'durations', 'fieldMasks', 'scalars', 'enumFields', 'oneofs'] as const;
  it.each(sections)('%s: values, presence and re-encoding are those recorded, save the excepted rows', (section) => {
    const wrong: unknown[] = [];
    const passing: unknown[] = [];
    for (const row of decoding[section]) {
      const rule = exceptionOf(row);
      if (rule) count(rule);
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

  it('the excepted rows are as many as docs/codec.md says', () => {
    expect(Object.fromEntries(counts)).toEqual(documentedExceptions('decode'));
  });

  it('every field that a row names is in the contract', () => {
    for (const row of decoding.scalars)
      if (row.field) expect(messageOf(row.message).fields.some(({ name }) => name === row.field)).toBe(true);
  });
});
