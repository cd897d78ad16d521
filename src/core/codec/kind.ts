import type { GenericSchema } from 'valibot';
import type { Json } from './message.ts';

/** One thing that is wrong with a value that is to be sent. */
export interface Problem {
  /** Field names and list indexes, outermost first. */
  path: (string | number)[];
  message: string;
  expected: string;
}

/** What a kind of field is made of. */
export interface KindParts<T> {
  /** Name of the kind, for example `timestamp`. */
  readonly type: string;
  /** What a value must be, in words. */
  readonly expects: string;
  /** Checks `value` and gives its wire form. What is wrong is added to `problems`; the result then means nothing. */
  toJson(value: unknown, problems: Problem[]): Json;
  /** Reads a wire form that is neither `null` nor absent; `undefined` if it cannot be understood. */
  fromJson(json: unknown): T | undefined;
  /** What an implicit field of this kind has when the wire has none; absent for messages, times and masks. */
  zero?(): T;
  /** Whether an implicit field of this kind is left out for this wire form. */
  isZero?(json: Json): boolean;
}

/** A kind of field: a valibot schema of the values, plus the way to the wire and back. */
export interface Kind<T> extends GenericSchema<T>, KindParts<T> {
  readonly type: string;
  readonly expects: string;
}

/** Makes a valibot schema of the parts. Parsing checks a value as if it were to be sent, and fills defaults. */
export function kind<T>(parts: KindParts<T>): Kind<T> {
  const schema: Kind<T> = {
    ...parts,
    kind: 'schema',
    reference: kind,
    async: false,
    '~standard': {
      version: 1,
      vendor: 'valibot',
      validate: (value) => schema['~run']({ value }, {}) as never,
    },
    '~run'(dataset, config) {
      const input = dataset.value;
      const problems: Problem[] = [];
      const json = parts.toJson(input, problems);
      const issues = dataset.issues ?? [];
      for (const { path, message, expected } of problems) {
        const at = pathItems(input, path);
        // Made here, not by valibot's internal helper: that one brings its language tables into every bundle.
        const issue = { kind: 'schema', type: parts.type, input, expected, received: nameOf(input), message, path: at };
        (issues as unknown[]).push({ ...config, requirement: undefined, issues: undefined, ...issue });
      }
      if (problems.length === 0) {
        dataset.value = parts.fromJson(json);
        dataset.typed = true as never;
      } else dataset.issues = issues as never;
      return dataset as never;
    },
  };
  return schema;
}

/** Adds a problem with the value itself; what contains it puts the path in front. */
export function refuse(problems: Problem[], expected: string, value: unknown): null {
  problems.push({ path: [], message: `expected ${expected}, got ${nameOf(value)}`, expected });
  return null;
}

/** Puts `key` in front of the paths of all problems from `start` on. */
export function within(key: string | number, problems: Problem[], start: number): void {
  for (let index = start; index < problems.length; index++) problems[index]?.path.unshift(key);
}

/** Whether `value` is an object with named fields, of whatever realm: not a list, a `Date`, a `Map` or a promise. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** The sort of value, never the value: it may be a secret. */
function nameOf(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return Number.isFinite(value) ? 'a fraction' : `${value}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  return value === null ? 'null' : Object.prototype.toString.call(value).slice(8, -1);
}

/** The path in valibot's form: what `v.getDotPath` and `v.flatten` read. */
function pathItems(input: unknown, path: Problem['path']): unknown {
  return path.length > 0 ? path.map((key) => ({ type: 'unknown', origin: 'value', input, key })) : undefined;
}
