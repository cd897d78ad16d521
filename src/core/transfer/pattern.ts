import { ValidationError } from '../errors.ts';
import { type Field, field } from '../options/field.ts';

/** What regular expressions have, and globs and the names of files hardly ever. */
const isExpression = /\\|^\^|\$$|\||[\])][+*]|\(\?|^\.\*/;

/** A glob as an expression: `*` and `?` stay within a folder, `**` does not. */
function globSource(glob: string): string {
  return glob.replace(/\*{2,}\/?|\{[^{}]*\}|\[!|[*?.+()^${}]/g, (sign) => {
    if (sign.startsWith('**')) return sign.endsWith('/') ? '(?:.*/)?' : '.*';
    if (sign.length > 2) return `(?:${sign.slice(1, -1).split(',').map(globSource).join('|')})`;
    return { '*': '[^/]*', '?': '[^/]', '[!': '[^' }[sign] ?? `\\${sign}`;
  });
}

/** Without a `/` a glob may begin in any folder. */
function globExpression(glob: string): string {
  return `${glob.includes('/') ? '^' : '(?:^|/)'}${globSource(glob.replace(/^\/+|\/+$/g, ''))}(?:/|$)`;
}

function compile(pattern: RegExp | string): RegExp {
  // Without the flags that make an expression remember where it was.
  if (typeof pattern !== 'string') return new RegExp(pattern, pattern.flags.replace(/[gy]/g, ''));
  return new RegExp(isExpression.test(pattern) ? pattern : globExpression(pattern), 'u');
}

function compiles(pattern: unknown): boolean {
  if (Object.prototype.toString.call(pattern) === '[object RegExp]') return true;
  if (typeof pattern !== 'string' || pattern === '') return false;
  try {
    return Boolean(compile(pattern));
  } catch {
    return false;
  }
}

/** A choice of files by name: a `RegExp`, or a text that is a glob (or an expression, if it looks like one). */
export function patternField(): Field<RegExp | string> {
  return field('a glob such as "*.csv" or a RegExp such as /\\.csv$/', compiles);
}

/** Whether a name fits. A glob fits a folder with all below it as well. Throws `ValidationError` for one that is invalid. */
export function matcher(pattern: RegExp | string): (name: string) => boolean {
  if (!compiles(pattern)) throw new ValidationError(`the pattern ${JSON.stringify(pattern)} is invalid`);
  const expression = compile(pattern);
  return (name) => expression.test(name);
}
