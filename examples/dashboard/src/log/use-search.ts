import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Row, StreamFilter } from './rows.ts';
import { type Match, matchesIn, type Query, type Range, type Search, startSearch, toRegex } from './search.ts';
import type { LogLine, LogStore } from './store.ts';

export interface LogSearch {
  readonly query: Query;
  setQuery(query: Query): void;
  /** Why the expression is invalid. */
  readonly error: string | undefined;
  readonly search: Search | undefined;
  /** The match that was jumped to. */
  readonly current: Match | undefined;
  /** Jumps to the next or previous match; the first time to the one after the line `from`. */
  step(by: 1 | -1, from: number): Match | undefined;
  matchesOf(row: Row): readonly Range[];
}

const nothing: Query = { text: '', matchCase: false, isRegex: false };
const none: readonly Range[] = [];

/** The search through a log; `draw` is called when it has found more. */
export function useSearch(store: LogStore, stream: StreamFilter, draw: () => void): LogSearch {
  const [query, setQuery] = useState(nothing);
  const [current, setCurrent] = useState<Match>();
  const [search, setSearch] = useState<Search>();
  const known = useRef(new WeakMap<LogLine, readonly Range[]>());

  const { regex, error } = useMemo(() => {
    try {
      return { regex: toRegex(query), error: undefined };
    } catch (cause) {
      return { regex: undefined, error: (cause as Error).message.replace(/^Invalid regular expression: /, '') };
    }
  }, [query]);

  useEffect(() => {
    setCurrent(undefined);
    known.current = new WeakMap();
    const started = regex && startSearch(store, regex, { stream, onChange: draw });
    setSearch(started);
    return () => started?.stop();
  }, [store, regex, stream, draw]);

  return {
    query,
    setQuery,
    error,
    search,
    current,
    step(by, from) {
      if (!search || search.total === 0) return undefined;
      const at = current ? search.ordinalOf(current) + by : search.firstFrom(from) - (by < 0 ? 1 : 0);
      const match = search.at((at + search.total) % search.total);
      setCurrent(match);
      return match;
    },
    matchesOf({ line }) {
      if (!search) return none;
      const found = known.current.get(line) ?? matchesIn(line.text, search.regex);
      known.current.set(line, found);
      return found;
    },
  };
}
