import { describe, expect, it } from 'vitest';
import { documentedExceptions } from './codec-exceptions.ts';
import { contract, enumSchema, vectors } from './codec-support.ts';

/** `value`: what the official client reads; `intended`: what was meant. Neither for spellings that mean nothing. */
interface Spelling {
  value?: string | null;
  intended?: string | null;
  raises?: string;
  python?: true;
}

const recorded = Object.entries(
  vectors<{ enums: Record<string, { decode: Record<string, Spelling> }> }>('decode.json').enums,
);

/** What stands on the wire: the spelling, or JSON after a `#`. */
function wireOf(spelling: string): unknown {
  return spelling.startsWith('#') ? JSON.parse(spelling.slice(1)) : spelling;
}

/** The rule by which a recorded spelling does not bind us, if there is one. */
function ruleOf({ value, intended, raises, python }: Spelling): string | undefined {
  if (intended && intended !== value) return 'intended';
  if (value && !intended) return 'defect 9';
  if (raises) return 'raises';
  return python ? '$python' : undefined;
}

describe('decode.json, enums', () => {
  const rows = recorded.flatMap(([name, { decode }]) => {
    const schema = enumSchema(name)!;
    return Object.entries(decode).map(([spelling, row]) => ({
      name,
      spelling,
      row,
      rule: ruleOf(row),
      ours: schema.fromJson(wireOf(spelling)),
      known: (schema.options as readonly unknown[]).includes(schema.fromJson(wireOf(spelling))),
    }));
  });

  it('reads every spelling as the official client does, where no rule excepts it', () => {
    const plain = rows.filter(({ rule }) => !rule);
    expect(plain.filter(({ row, ours }) => ours !== row.value)).toEqual([]);
    expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(Object.keys(contract.enums)));
  });

  it('reads what was intended, where the official client reads something else', () => {
    const excepted = rows.filter(({ rule }) => rule === 'intended');
    expect(excepted.filter(({ row, ours }) => ours !== row.intended || ours === row.value)).toEqual([]);
  });

  it('never fails, and never takes for a name what is none', () => {
    const excepted = rows.filter(({ rule }) => rule === 'raises' || rule === '$python' || rule === 'defect 9');
    expect(excepted.filter(({ known }) => known)).toEqual([]);
    const words = excepted.filter(({ spelling }) => spelling !== '' && !spelling.startsWith('#'));
    expect(words.filter(({ spelling, ours }) => ours !== spelling)).toEqual([]);
  });

  it('spellings are excepted by the rules of docs/codec.md, each of which there is', () => {
    expect([...new Set(rows.flatMap(({ rule }) => rule ?? []))].sort()).toEqual(documentedExceptions('enums'));
  });
});

describe('enums of the contract', () => {
  it('each has a schema with its names', () => {
    for (const [name, options] of Object.entries(contract.enums)) expect(enumSchema(name)?.options).toEqual(options);
  });

  it('reads each name as itself, in capitals, small letters and camelCase', () => {
    for (const [name, options] of Object.entries(contract.enums)) {
      const schema = enumSchema(name);
      for (const option of options) {
        const camel = option.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
        expect([option, option.toLowerCase(), camel].map((text) => schema?.fromJson(text))).toEqual([
          option,
          option,
          option,
        ]);
      }
    }
  });
});
