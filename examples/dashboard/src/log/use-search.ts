import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { openMatcher, type RemoteMatcher } from './remote-matcher.ts';
import type { StreamFilter } from './rows.ts';
import { type Match, matchesIn, type Query, type Range, type Search, startSearch, toRegex } from './search.ts';
import type { LogLine, LogStore } from './store.ts';

export interface LogSearch {
  readonly query: Query;
  setQuery(query: Query): void;
  /** Why the expression cannot be searched for. */
  readonly error: string | undefined;
  readonly search: Search | undefined;
  /** The match that was jumped to. */
  readonly current: Match | undefined;
  /** Jumps to the next or previous match; the first time to the one after the line `from`. */
  step(by: 1 | -1, from: number): Match | undefined;
  matchesOf(line: LogLine): readonly Range[];
}

const nothing: Query = { text: '', matchCase: false, isRegex: false };
const none: readonly Range[] = [];

function parse(query: Query): { regex?: RegExp | undefined; invalid?: string } {
  try {
    return { regex: toRegex(query) };
  } catch (error) {
    const why = (error as Error).message.replace(/^Invalid regular expression: /, '');
    return { invalid: `Invalid expression: ${why}` };
  }
}

/** Finds the matches in the lines that are drawn. From another thread they come later, and `draw` is called. */
function createHighlighter(regex: RegExp, remote: RemoteMatcher | undefined, draw: () => void) {
  const known = new WeakMap<LogLine, readonly Range[]>();
  let wanted: LogLine[] = [];
  async function ask(matcher: RemoteMatcher): Promise<void> {
    const lines = wanted;
    wanted = [];
    const found = await matcher.ranges(lines.map(({ text }) => text));
    for (const [at, line] of lines.entries()) known.set(line, found[at]!);
    draw();
  }
  return (line: LogLine): readonly Range[] => {
    const ranges = known.get(line) ?? (remote ? none : matchesIn(line.text, regex));
    if (remote && !known.has(line)) {
      // That it takes too long is an error of the search.
      if (wanted.push(line) === 1) queueMicrotask(() => ask(remote).catch(() => undefined));
    }
    known.set(line, ranges);
    return ranges;
  };
}

/** The search through a log; `draw` is called when it has found more. */
export function useSearch(store: LogStore, stream: StreamFilter, draw: () => void): LogSearch {
  const [query, setQuery] = useState(nothing);
  const [current, setCurrent] = useState<Match>();
  const [search, setSearch] = useState<Search>();
  const [failure, setFailure] = useState<string>();
  const highlight = useRef<(line: LogLine) => readonly Range[]>(() => none);
  const { regex, invalid } = useMemo(() => parse(query), [query]);

  useEffect(() => {
    setCurrent(undefined);
    setFailure(undefined);
    setSearch(undefined);
    highlight.current = () => none;
    if (!regex) return;
    // A text is found quickly. What a regular expression takes cannot be known.
    const remote = query.isRegex ? openMatcher(query) : undefined;
    const started = startSearch(store, {
      regex,
      stream,
      count: remote?.count,
      onChange: draw,
      onError: ({ message }) => setFailure(message),
    });
    highlight.current = createHighlighter(regex, remote, draw);
    setSearch(started);
    return () => {
      started.stop();
      remote?.stop();
    };
  }, [store, query, regex, stream, draw]);

  return {
    query,
    setQuery,
    error: invalid ?? failure,
    search,
    current,
    step(by, from) {
      if (!search || search.total === 0) return undefined;
      const at = current ? search.ordinalOf(current) + by : search.firstFrom(from) - (by < 0 ? 1 : 0);
      const match = search.at((at + search.total) % search.total);
      setCurrent(match);
      return match;
    },
    matchesOf: (line) => highlight.current(line),
  };
}
