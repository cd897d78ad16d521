import type { GenericSchema } from 'valibot';
import type { Json } from './message.ts';

/** A problem with a value to be encoded. */
export interface Problem {
  /** Field names and array indexes, outermost first. */
  path: (string | number)[];
  /** The problem: `expected a string, got a number`. */
  message: string;
  /** What was expected, for valibot's issues. */
  expected: string;
}

/** The parts that define a kind of field. */
export interface KindParts<T> {
  /** Name of the kind, for example `timestamp`. */
  readonly type: string;
  /** The expected values, in words. */
  readonly expects: string;
  /** Validates and encodes `value`. Adds to `problems` if it is invalid; the result is then meaningless. */
  toJson(value: unknown, problems: Problem[]): Json;
  /** Decodes JSON that is neither `null` nor absent. Returns `undefined` if it cannot. */
  fromJson(json: unknown): T | undefined;
  /** The default of a field without explicit presence; absent for messages, timestamps and field masks. */
  zero?(): T;
  /** Whether a field without explicit presence is omitted for this JSON. */
  isZero?(json: Json): boolean;
}

/** A kind of field: a valibot schema of its values that can also encode and decode them. */
export interface Kind<T> extends GenericSchema<T>, KindParts<T> {
  readonly type: string;
  readonly expects: string;
}

/** Creates a valibot schema from parts. Parsing validates a value as encoding does, and fills in defaults. */
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
        // Not valibot's internal helper, which would add its language tables to every bundle.
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

/** Adds a problem with the value itself. The containing kinds prepend the path. */
export function refuse(problems: Problem[], expected: string, value: unknown): null {
  problems.push({ path: [], message: `expected ${expected}, got ${nameOf(value)}`, expected });
  return null;
}

/** Prepends `key` to the paths of all problems from `start` on. */
export function within(key: string | number, problems: Problem[], start: number): void {
  for (let index = start; index < problems.length; index++) problems[index]?.path.unshift(key);
}

/** Whether `value` is a plain object of any realm: not an array, a `Date`, a `Map` or a promise. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** The type of a value, never the value itself, which may be a secret. */
function nameOf(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) return Number.isFinite(value) ? 'a fraction' : `${value}`;
  if (typeof value !== 'object') return `a ${typeof value}`;
  return value === null ? 'null' : Object.prototype.toString.call(value).slice(8, -1);
}

/** The path in valibot's form, for `v.getDotPath` and `v.flatten`. */
function pathItems(input: unknown, path: Problem['path']): unknown {
  return path.length > 0 ? path.map((key) => ({ type: 'unknown', origin: 'value', input, key })) : undefined;
}
