/** The edit distance of two strings: changed, added, removed or swapped neighboring letters. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const least = Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1));
      const swapped = a[i] === b[j - 1] && a[i - 1] === b[j];
      next.push(swapped ? Math.min(least, before[j - 1]! + 1) : least);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}

/** The letters and digits of a name in lower case, so that `is_private` equals `isPrivate`. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]/g, '');
}

/** The known name that `written` probably means: in another style, or with one or two typos. */
export function nearName(written: string, known: readonly string[]): string | undefined {
  const wanted = plainName(written);
  let most = wanted.length > 4 ? 3 : 2;
  let found: string | undefined;
  for (const name of wanted.length > 64 ? [] : known) {
    const edits = distance(plainName(name), wanted);
    if (edits < most) [most, found] = [edits, name];
  }
  return found;
}

/** The message for an unknown option, with the one that is probably meant or all that exist. */
export function noSuchOption(written: string, known: readonly string[]): string {
  const near = nearName(written, known);
  return `no such option; ${near === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${near}?`}`;
}
