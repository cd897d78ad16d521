import { ValidationError } from '../errors.ts';
import { checkOptions } from './check.ts';
import { type Field, field, isRecord, shown } from './field.ts';
import type { Fields } from './shape.ts';

/** A boolean in a metadata file, where `kaggle kernels init` writes `"true"`. */
export function textFlag(): Field<boolean | string> {
  return field('true or false', (value) => typeof value === 'boolean' || /^(?:true|false)$/i.test(String(value)));
}

/** The value of such a boolean. */
export function isTrue(value: boolean | string | undefined): boolean | undefined {
  return value === undefined ? undefined : String(value).toLowerCase() === 'true';
}

function parse(what: string, json: unknown): unknown {
  if (typeof json !== 'string') return json;
  try {
    return JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new ValidationError(`cannot read ${what}: it is not valid JSON (${(cause as Error).message})`, undefined, {
      cause,
    });
  }
}

/** The members with a value: templates contain empty strings, and files written by Kaggle contain `null`. */
function filled(given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== ''));
}

/**
 * Reads a metadata file of the official client, from its text or its parsed JSON. Throws `ValidationError` for invalid JSON,
 * unknown members (with the name that is probably meant), and placeholders that were not replaced.
 */
export function readMetadata<T extends object>(what: string, json: unknown, fields: () => Fields<T>): Partial<T> {
  const whole = parse(what, json);
  if (!isRecord(whole))
    throw new ValidationError(`${what}: expected a JSON object (parsed, or as a string), got ${shown(whole)}`);
  // Older releases of the official client write what they download under `info`.
  const given = filled(isRecord(whole.info) ? whole.info : whole);
  const placeholders = Object.entries(given).filter(([, value]) => /INSERT_\w+_HERE|^Pick one of/.test(String(value)));
  if (placeholders.length > 0) {
    const names = placeholders.map(([name, value]) => `${name} (${value})`).join(', ');
    throw new ValidationError(`${what}: replace the placeholder in ${names}`);
  }
  checkOptions(what, given as T, fields);
  return given as Partial<T>;
}
