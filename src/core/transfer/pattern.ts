import { ValidationError } from '../errors.ts';
import { type Field, field, shown } from '../options/field.ts';
import { createIgnore } from './ignore.ts';

type Match = (name: string) => boolean;

/** What regular expressions have, and globs and the names of files hardly ever. */
const isExpression = /\\|^\^|\$$|\||[\])][+*]|\(\?|^\.\*/;

/** A glob without braces, which patterns of a `.gitignore` do not know: `*.{csv,json}` is two. */
function withoutBraces(glob: string): string[] {
  const [, before, inside, after] = /^([^{}]*)\{([^{}]*)\}(.*)$/s.exec(glob) ?? [];
  if (inside === undefined) return [glob];
  return inside.split(',').flatMap((part) => withoutBraces(`${before}${part}${after}`));
}

/** What fits a pattern; `undefined` for one that is invalid. */
function compile(pattern: unknown): Match | undefined {
  if (Object.prototype.toString.call(pattern) === '[object RegExp]') {
    const given = pattern as RegExp;
    // Without the flags that make an expression remember where it was.
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
  // At the beginning of a line these two mean something else there.
  const chosen = createIgnore(withoutBraces(pattern).map((glob) => glob.replace(/^[!#]/, '\\$&')));
  return (name) => chosen(name) !== undefined;
}

const expected = 'a glob such as "*.csv" or a RegExp such as /\\.csv$/';

/** A choice of files by name: a `RegExp`, or a text that is a glob (or an expression, if it looks like one). */
export function patternField(): Field<RegExp | string> {
  return field(expected, (pattern) => compile(pattern) !== undefined);
}

/**
 * Whether a name fits. Globs are as in a `.gitignore`: without a `/` they count in every folder, and a folder that fits stands for all
 * below it. Throws `ValidationError` for a pattern that is invalid.
 */
export function matcher(pattern: RegExp | string): Match {
  const match = compile(pattern);
  if (!match) throw new ValidationError(`invalid pattern ${shown(pattern)}: expected ${expected}`);
  return match;
}
