import * as v from 'valibot';
import type { ErrorText } from '../error-text.ts';
import type { ValidationIssue } from '../errors.ts';
import { redact } from '../redact.ts';

/** An issue whose message may mention options. */
export type Issue = Pick<ValidationIssue, 'path'> & { readonly message: ErrorText };

/** A schema of an option of any type. */
export type AnyField = v.GenericSchema & {
  /** The value is in seconds, so that more than a day is probably a mistake. */
  readonly seconds?: true;
  /** The option is required. */
  readonly needed?: true;
  /** Returns issues that concern several members of an object. The members may be of any type. */
  readonly also?: (value: Readonly<Record<string, unknown>>) => readonly Issue[];
};

/** A schema of exactly `T`: schemas of narrower or wider types are not assignable. */
export type Field<T> = AnyField & v.GenericSchema<T> & { readonly exact?: (value: T) => T };

/** Whether `value` is a plain object of any realm: not an array, a `Date`, a `Map` or a promise. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function shownObject(value: object): string {
  const { then, abort, signal } = value as { then?: unknown; abort?: unknown; signal?: unknown };
  if (typeof then === 'function') return 'a promise; await it first';
  if (typeof abort === 'function' && signal) return 'an AbortController; pass its signal';
  if (Array.isArray(value)) return 'an array';
  if ('call' in value && 'platform' in value) return 'a client; pass it as the first argument only';
  if (isRecord(value)) return 'an object';
  return `a ${Object.prototype.toString.call(value).slice(8, -1)}`;
}

/** A value for a message: short, on one line, and redacted. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(redact(value.length > 60 ? `${value.slice(0, 60)}...` : value));
  if (typeof value === 'object' && value !== null) return shownObject(value);
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}

/** A schema of values that pass `check`. `expected` describes them for the message. */
export function field<T>(expected: string, check: (value: unknown) => boolean): Field<T> {
  return v.custom<T>(check, ({ input }) => `expected ${expected}, got ${shown(input)}`);
}

/** Like `field`, for secrets: the message does not show the value. */
export function secretField<T>(expected: string, check: (value: unknown) => boolean): Field<T> {
  return v.custom<T>(check, `expected ${expected}`);
}

export function needed<T>(schema: Field<T>): Field<T> & { readonly needed: true } {
  return Object.assign(schema, { needed: true as const });
}

export function text<T extends string = string>(): Field<T> {
  return field('a string', (value) => typeof value === 'string');
}

/** A non-empty string. */
export function name(what = 'a non-empty string'): Field<string> {
  return field(what, (value) => typeof value === 'string' && value.trim() !== '');
}

/** Whether a trimmed string has between `least` and `most` characters (code points). */
export function hasLength(text: string, least: number, most: number): boolean {
  // A character has at most two UTF-16 units, so that a very long string does not need to be split.
  const length = text.length > 2 * most ? text.length : [...text.trim()].length;
  return length >= least && length <= most;
}

export function textOf(least: number, most: number): Field<string> {
  return field(`${least} to ${most} characters`, (value) => typeof value === 'string' && hasLength(value, least, most));
}

export function flag(): Field<boolean> {
  return field('true or false', (value) => typeof value === 'boolean');
}

/** A whole number of at least `least`. */
export function whole(least: number): Field<number> {
  return field(
    `a whole number of at least ${least}`,
    (value) => Number.isSafeInteger(value) && (value as number) >= least,
  );
}

/** A maximum number; `Infinity` for no limit. */
export function limit(): Field<number> {
  return field(
    'a whole number of at least 0, or Infinity',
    (value) => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= 0),
  );
}

/** A 64-bit integer, as a number or its digits. */
export function integer(): Field<number | string> {
  return field(
    'a whole number of at least 0, or its digits as a string',
    (value) => (Number.isSafeInteger(value) && (value as number) >= 0) || /^\d{1,19}$/.test(String(value)),
  );
}

export function positive(): Field<number> {
  return field('a number greater than 0', (value) => typeof value === 'number' && value > 0);
}

export function seconds(): Field<number> {
  const schema = field<number>('a number of seconds, at least 0', (value) => typeof value === 'number' && value >= 0);
  return Object.assign(schema, { seconds: true as const });
}

export function callback<T>(): Field<T> {
  return field('a function', (value) => typeof value === 'function');
}

export function signal(): Field<AbortSignal> {
  return field('an AbortSignal', (value) => {
    const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
    return typeof aborted === 'boolean' && typeof addEventListener === 'function';
  });
}

export function oneOf<const T>(...values: readonly T[]): Field<T> {
  return field(`one of ${values.join(', ')}`, (value) => values.includes(value as T));
}

/** An object of any class with this method. */
export function having<T>(expected: string, method: string): Field<T> {
  return field(
    expected,
    (value) => typeof value === 'object' && typeof (value as Record<string, unknown> | null)?.[method] === 'function',
  );
}

/** An array of at least `least` items. `items` describes them for the message. */
export function list<T, List extends readonly T[] = readonly T[]>(
  items: string,
  item: Field<T>,
  least: 0 | 1 = 0,
): Field<List> {
  const array = v.array(item, ({ input }) => `expected an array of ${items}, got ${shown(input)}`);
  const schema = least === 0 ? array : v.pipe(array, v.minLength(least, 'expected a non-empty array'));
  return schema as unknown as Field<List>;
}

/** An object with any keys and values of one schema. */
export function record<T>(items: string, item: Field<T>): Field<Readonly<Record<string, T>>> {
  return v.pipe(field<Record<string, T>>(`an object of ${items}`, isRecord), v.record(v.string(), item));
}

export function date(): Field<Date> {
  return field('a Date', (value) => Object.prototype.toString.call(value) === '[object Date]');
}

/** A value that is checked elsewhere or not at all. */
export function any<T>(): Field<T> {
  return field('anything', () => true);
}
