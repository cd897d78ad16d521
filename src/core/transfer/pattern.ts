import { ValidationError } from '../errors.ts';
import { type Field, field, shown } from '../options/field.ts';
import { createIgnore } from './ignore.ts';

type Match = (name: string) => boolean;

/** What regular expressions contain, and globs and file names hardly ever do. */
const isExpression = /\\|^\^|\$$|\||[\])][+*]|\(\?|^\.\*/;

/** Expands braces, which a `.gitignore` does not know: `*.{csv,json}` becomes two globs. */
function withoutBraces(glob: string): string[] {
  const [, before, inside, after] = /^([^{}]*)\{([^{}]*)\}(.*)$/s.exec(glob) ?? [];
  if (inside === undefined) return [glob];
  return inside.split(',').flatMap((part) => withoutBraces(`${before}${part}${after}`));
}

/** The matcher of a pattern; `undefined` if it is invalid. */
function compile(pattern: unknown): Match | undefined {
  if (Object.prototype.toString.call(pattern) === '[object RegExp]') {
    const given = pattern as RegExp;
    // Without the flags that make an expression stateful.
    const expression = new RegExp(given, given.flags.replace(/[gy]/g, ''));
    return (name) => expression.test(name);
  }
  if (typeof pattern !== 'string' || pattern === '') return undefined;
  if (isExpression.test(pattern)) {
    try {
      const expression = new RegExp(pattern, 'u');
      return (name) => expression.test(name);
    } catch {
      return undefined;
    }
  }
  if (pattern.replace(/\[[^\]]+\]/g, '').includes('[')) return undefined;
  // These two have another meaning at the start of a `.gitignore` line.
  const chosen = createIgnore(withoutBraces(pattern).map((glob) => glob.replace(/^[!#]/, '\\$&')));
  return (name) => chosen(name) !== undefined;
}

const expected = 'a glob such as "*.csv" or a RegExp such as /\\.csv$/';

/** A choice of files by name: a `RegExp`, or a string that is a glob (or an expression, if it looks like one). */
export function patternField(): Field<RegExp | string> {
  return field(expected, (pattern) => compile(pattern) !== undefined);
}

/**
 * Whether a name matches. Globs follow `.gitignore` rules: without a `/` they match in every folder, and a matching folder includes
 * everything below it. Throws `ValidationError` for an invalid pattern.
 */
export function matcher(pattern: RegExp | string): Match {
  const match = compile(pattern);
  if (!match) throw new ValidationError(`invalid pattern ${shown(pattern)}: expected ${expected}`);
  return match;
}
