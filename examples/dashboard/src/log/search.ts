import type { StreamFilter } from './rows.ts';
import type { LogStore } from './store.ts';
import { createSums } from './sums.ts';

export interface Query {
  readonly text: string;
  readonly matchCase: boolean;
  readonly isRegex: boolean;
}

/** The expression of a query; `undefined` for no text. Throws `SyntaxError` if it is invalid. */
export function toRegex({ text, matchCase, isRegex }: Query): RegExp | undefined {
  if (text === '') return undefined;
  const source = isRegex ? text : text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  const flags = matchCase ? 'g' : 'gi';
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    // Without `u`, escapes such as `\-` are valid.
    return new RegExp(source, flags);
  }
}

/** A part of a text: `[start, end)`. */
export type Range = readonly [start: number, end: number];

/** Maximum number of matches in a line. */
const mostInLine = 10_000;

/** The matches in a text. Empty ones do not count. */
export function matchesIn(text: string, regex: RegExp): Range[] {
  const found: Range[] = [];
  regex.lastIndex = 0;
  for (let match = regex.exec(text); match; match = regex.exec(text)) {
    if (match[0] === '') regex.lastIndex += (text.codePointAt(match.index) ?? 0) > 0xffff ? 2 : 1;
    else if (found.push([match.index, match.index + match[0].length]) === mostInLine) break;
  }
  return found;
}

/** A match: the line, and which of its matches. */
export interface Match {
  readonly index: number;
  readonly nth: number;
}

/** A search through a log, in slices, that continues while the log grows. */
export interface Search {
  /** Number of matches so far. */
  readonly total: number;
  /** Whether all lines were searched. */
  readonly isDone: boolean;
  /** The match number `ordinal`. */
  at(ordinal: number): Match;
  /** The number of the first match in a line or after it; `total` if there is none. */
  firstFrom(index: number): number;
  /** The number of a match. */
  ordinalOf(match: Match): number;
  stop(): void;
}

export interface SearchOptions {
  readonly stream: StreamFilter;
  onChange(): void;
  /**
   * Counts the matches in each text in another thread.
   * @default counts here, in slices of a few milliseconds
   */
  count?: ((texts: readonly string[]) => Promise<ArrayLike<number>>) | undefined;
  /** Receives why `count` failed. The search ends then. */
  onError?: ((error: Error) => void) | undefined;
  /** Calls `work` in another task. */
  later?(work: () => void): void;
  now?(): number;
}

/** Milliseconds per slice. */
const slice = 8;
/** Lines between two looks at the clock. */
const batch = 64;
/** Lines per call of `count`. */
const remoteBatch = 4000;

export function startSearch(store: LogStore, options: SearchOptions & { readonly regex: RegExp }): Search {
  const { regex, stream, onChange, count, onError } = options;
  const { later = (work: () => void) => setTimeout(work), now = () => performance.now() } = options;
  const counts = createSums();
  const changed = new Set<number>();
  let next = 0;
  /** A slice is scheduled, or `count` is at work. */
  let isBusy = false;
  let isStopped = false;

  function* lines(): Generator<number> {
    for (const index of changed) {
      changed.delete(index);
      yield index;
    }
    while (next < store.lines.length) yield next++;
  }

  const isShown = (index: number) => stream === 'all' || store.lines[index]!.stream === stream;
  const isBehind = () => next < store.lines.length || changed.size > 0;

  function searchHere(): void {
    const end = now() + slice;
    let searched = 0;
    for (const index of lines()) {
      counts.set(index, isShown(index) ? matchesIn(store.lines[index]!.text, regex).length : 0);
      if (++searched % batch === 0 && now() >= end) break;
    }
  }

  async function searchElsewhere(ask: NonNullable<SearchOptions['count']>): Promise<void> {
    const indexes = [...lines().take(remoteBatch)];
    const shown = indexes.filter(isShown);
    const found = await ask(shown.map((index) => store.lines[index]!.text));
    for (const index of indexes) counts.set(index, 0);
    for (const [at, index] of shown.entries()) counts.set(index, found[at]!);
  }

  function done(): void {
    isBusy = false;
    if (isStopped) return;
    if (isBehind()) schedule();
    onChange();
  }

  function work(): void {
    if (isStopped) return;
    if (!count) {
      searchHere();
      done();
      return;
    }
    searchElsewhere(count).then(done, (error: Error) => {
      if (!isStopped) onError?.(error);
    });
  }

  function schedule(): void {
    if (isBusy) return;
    isBusy = true;
    later(work);
  }

  const unsubscribe = store.subscribe((index) => {
    if (index < next) changed.add(index);
    schedule();
  });
  schedule();

  return {
    get total() {
      return counts.total;
    },
    get isDone() {
      return !isBehind() && !isBusy;
    },
    at(ordinal) {
      const { index, offset } = counts.find(ordinal);
      return { index, nth: offset };
    },
    firstFrom: (index) => counts.before(index),
    ordinalOf: ({ index, nth }) => counts.before(index) + nth,
    stop() {
      isStopped = true;
      unsubscribe();
    },
  };
}
