import * as v from 'valibot';
import { type AnyField, type Field, isRecord, shown } from './field.ts';

/** The schemas of all members of `T`, each of exactly its type. Required members are `needed`. */
export type Fields<T> = {
  readonly [Name in keyof T]-?: undefined extends T[Name]
    ? Field<Exclude<T[Name], undefined>>
    : Field<T[Name]> & { readonly needed: true };
};

/** The schema of an object without unknown members. */
export type Shape<T> = Field<T> & { readonly fields: Readonly<Record<string, AnyField>> };

/**
 * Creates the schema of an object with the given fields and no others. `undefined` counts as absent. The issue for an unknown name
 * lists the known ones in `expected`.
 */
export function shape<T>(given: Fields<T> | Readonly<Record<string, AnyField>>): Shape<T> {
  const fields = given as Readonly<Record<string, AnyField>>;
  const entries = Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, schema.needed ? schema : v.optional(schema)]),
  );
  const names = Object.keys(fields);
  const schema = v.pipe(
    v.custom<Record<string, unknown>>(isRecord, ({ input }) => `expected an object, got ${shown(input)}`),
    v.looseObject(entries, 'is missing'),
    v.rawCheck(({ dataset, addIssue }) => {
      const input = dataset.value as Record<string, unknown>;
      for (const key of Object.keys(input)) {
        if (Object.hasOwn(fields, key) || input[key] === undefined) continue;
        const value = input[key];
        addIssue({ expected: names.join(', '), path: [{ type: 'object', origin: 'key', input, key, value }] });
      }
    }),
  );
  return Object.assign(schema as unknown as Field<T>, { fields });
}

/** A schema that depends on the value. */
export function byInput<T>(choose: (input: unknown) => AnyField): Field<T> {
  return v.lazy(choose) as unknown as Field<T>;
}
