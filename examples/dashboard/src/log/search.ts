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
  readonly regex: RegExp;
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
  /** Calls `work` in another task. */
  later?(work: () => void): void;
  now?(): number;
}

/** Milliseconds per slice. */
const slice = 8;
/** Lines between two looks at the clock. */
const batch = 64;

export function startSearch(store: LogStore, regex: RegExp, options: SearchOptions): Search {
  const { stream, onChange, later = (work) => setTimeout(work), now = () => performance.now() } = options;
  const counts = createSums();
  const changed = new Set<number>();
  let next = 0;
  let isScheduled = false;
  let isStopped = false;

  function searchLine(index: number): void {
    const line = store.lines[index]!;
    const isShown = stream === 'all' || line.stream === stream;
    counts.set(index, isShown ? matchesIn(line.text, regex).length : 0);
  }

  function* lines(): Generator<number> {
    for (const index of changed) {
      changed.delete(index);
      yield index;
    }
    while (next < store.lines.length) yield next++;
  }

  function work(): void {
    isScheduled = false;
    if (isStopped) return;
    const end = now() + slice;
    let count = 0;
    for (const index of lines()) {
      searchLine(index);
      if (++count % batch === 0 && now() >= end) break;
    }
    if (isBehind()) schedule();
    onChange();
  }

  const isBehind = () => next < store.lines.length || changed.size > 0;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    later(work);
  }

  const unsubscribe = store.subscribe((index) => {
    if (index < next) changed.add(index);
    schedule();
  });
  schedule();

  return {
    regex,
    get total() {
      return counts.total;
    },
    get isDone() {
      return !isBehind();
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
