/**
 * Patterns as in a `.gitignore` (https://git-scm.com/docs/gitignore), except that no set of characters matches a slash.
 * Matched without regular expressions, which would backtrack for very long on some patterns.
 */

/** A piece of a pattern: a test for one item, or any number of items. */
type Piece<Item> = ((item: Item) => boolean) | 'any';

/** Whether the pieces match all items. Backtracks to the last `any` only, which finds a match if there is one. */
function matches<Item>(items: readonly Item[], pieces: readonly Piece<Item>[]): boolean {
  let [at, piece] = [0, 0];
  let [retryAt, retryPiece] = [0, -1];
  while (at < items.length) {
    const test = pieces[piece];
    if (test === 'any') {
      [retryAt, retryPiece] = [at, ++piece];
    } else if (test?.(items[at]!)) {
      at++;
      piece++;
    } else if (retryPiece >= 0) {
      [at, piece] = [++retryAt, retryPiece];
    } else return false;
  }
  while (pieces[piece] === 'any') piece++;
  return piece === pieces.length;
}

/** A set of characters such as `[a-z]` from `start`, and where it ends; `undefined` if it is unclosed. */
function readSet(
  chars: readonly string[],
  start: number,
): { test: (char: string) => boolean; end: number } | undefined {
  let at = start + 1;
  const negated = chars[at] === '!' || chars[at] === '^';
  if (negated) at++;
  const ranges: [string, string][] = [];
  const next = () => chars[chars[at] === '\\' ? ++at : at];
  for (const first = at; at < chars.length && (chars[at] !== ']' || at === first); at++) {
    const from = next();
    if (from === undefined) return undefined;
    if (chars[at + 1] !== '-' || (chars[at + 2] ?? ']') === ']') {
      ranges.push([from, from]);
      continue;
    }
    at += 2;
    ranges.push([from, next() ?? from]);
  }
  if (at >= chars.length) return undefined;
  return { test: (char) => ranges.some(([from, to]) => from <= char && char <= to) !== negated, end: at };
}

/** The pieces of a pattern for one name: `*`, `?`, `[a-z]`, and `\` before a literal character. */
function segmentPieces(pattern: string): Piece<string>[] {
  const chars = [...pattern];
  const pieces: Piece<string>[] = [];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at]!;
    if (char === '*') {
      if (pieces.at(-1) !== 'any') pieces.push('any');
    } else if (char === '?') pieces.push(() => true);
    else if (char === '[') {
      const set = readSet(chars, at);
      // As in git, a pattern with an unclosed set matches nothing.
      if (!set) return [() => false];
      pieces.push(set.test);
      at = set.end;
    } else {
      const literal = char === '\\' ? (chars[++at] ?? char) : char;
      pieces.push((other) => other === literal);
    }
  }
  return pieces;
}

interface Rule {
  readonly pieces: readonly Piece<readonly string[]>[];
  readonly folders: boolean;
  readonly keeps: boolean;
}

/** The rule of a line; `undefined` for an empty line and for a comment. */
function parseRule(line: string): Rule | undefined {
  let text = line.replace(/\r$/, '');
  // Trailing spaces are ignored, except after a backslash. A regular expression would take quadratic time.
  let end = text.length;
  while (end > 0 && text[end - 1] === ' ' && text[end - 2] !== '\\') end--;
  text = text.slice(0, end);
  if (text === '' || text.startsWith('#')) return undefined;
  const keeps = text.startsWith('!');
  if (keeps) text = text.slice(1);
  const folders = text.endsWith('/');
  const path = folders ? text.slice(0, -1) : text;
  const segments = path.replace(/^\//, '').split('/');
  // A pattern with a slash is relative to the top; any other matches in every folder.
  if (!path.includes('/')) segments.unshift('**');
  const pieces = segments.map((segment): Piece<readonly string[]> => {
    if (/^\*\*+$/.test(segment)) return 'any';
    const inner = segmentPieces(segment);
    return (name) => matches(name, inner);
  });
  // `a/**` matches everything in `a`, not `a` itself.
  if (pieces.length > 1 && pieces.at(-1) === 'any') pieces.splice(-1, 0, () => true);
  return { pieces, folders, keeps };
}

/**
 * Returns a function that tells what the patterns exclude: for the path of a file, relative and with `/`, the first part of it that
 * is excluded (`a/node_modules/` with a slash for a folder, or the whole path), or `undefined`. As in git, the last matching
 * pattern decides, and nothing in an excluded folder is included again.
 */
export function createIgnore(patterns: readonly string[]): (path: string) => string | undefined {
  const rules = patterns.map(parseRule).filter((rule) => rule !== undefined);
  const known = new Map<string, boolean>();

  function isLeftOut(names: readonly (readonly string[])[], isFolder: boolean): boolean {
    const rule = rules.findLast(({ pieces, folders }) => (isFolder || !folders) && matches(names, pieces));
    return rule !== undefined && !rule.keeps;
  }

  return (path) => {
    if (rules.length === 0) return undefined;
    const parts = path.split('/');
    const names = parts.map((part) => [...part]);
    let folder = '';
    for (let depth = 1; depth < parts.length; depth++) {
      folder += `${parts[depth - 1]}/`;
      let out = known.get(folder);
      if (out === undefined) {
        out = isLeftOut(names.slice(0, depth), true);
        known.set(folder, out);
      }
      if (out) return folder;
    }
    return isLeftOut(names, false) ? path : undefined;
  };
}
