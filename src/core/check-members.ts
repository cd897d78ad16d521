import { ValidationError } from './errors.ts';
import { noSuchOption } from './near-name.ts';

/** What each member of the options may be, in words that contain its `typeof`, or `true` and `false`. */
export type MemberTypes<Options> = Readonly<Record<keyof Options & string, string>>;

/** Creates the error for an invalid option of `what`. */
export function invalidOption(path: string, message: string, what = 'createClient'): ValidationError {
  return new ValidationError((name) => `${name(what)}: ${name(path)}: ${message}`, [{ path, message }]);
}

/**
 * Checks options by a table: their names, the types of their values, and that numbers are not negative. Used where bundle size
 * matters; functions with a client check more (`core/options`). Throws `ValidationError`, without values that may be secrets.
 */
export function checkMembers<Options extends object>(
  what: string,
  options: Options,
  types: MemberTypes<Options>,
): void {
  const known = Object.keys(types);
  if (Object(options) !== options)
    throw invalidOption('options', `expected an object, got ${options === null ? null : `a ${typeof options}`}`, what);
  for (const [path, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const type = typeof value;
    let message: string | undefined;
    if (known.includes(path)) {
      const allowed = types[path as keyof Options & string];
      const fits = allowed.includes(type === 'boolean' ? `${value}` : type);
      if (!fits || value === null)
        message = `expected ${allowed}, got ${value === null ? value : type === 'object' ? 'an object' : `a ${type}`}`;
      else if (type === 'number' && !(value >= 0)) message = `expected a number of at least 0, got ${value}`;
    } else {
      message = noSuchOption(path, known);
    }
    if (message) throw invalidOption(path, message, what);
  }
}
