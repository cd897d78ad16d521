import type { RefObject } from 'preact';
import { Button } from '../ui/button.tsx';
import type { LogSearch } from './use-search.ts';

export interface LogSearchBarProps {
  input: RefObject<HTMLInputElement | null>;
  search: LogSearch;
  onStep(by: 1 | -1): void;
  onClose(): void;
}

function summary({ query, error, search, current }: LogSearch): string {
  if (error !== undefined) return error;
  if (query.text === '' || !search) return '';
  const more = search.isDone ? '' : '+';
  if (search.total === 0) return search.isDone ? 'No matches' : 'Searching';
  const total = `${search.total.toLocaleString('en')}${more}`;
  return current
    ? `${(search.ordinalOf(current) + 1).toLocaleString('en')} of ${total}`
    : `${total} ${total === '1' ? 'match' : 'matches'}`;
}

/** The search in a log. */
export function LogSearchBar({ input, search, onStep, onClose }: LogSearchBarProps) {
  const { query, setQuery, error } = search;
  return (
    <search class="log-search">
      <input
        ref={input}
        type="search"
        aria-label="Search in the log"
        aria-invalid={error !== undefined}
        placeholder="Search"
        autocomplete="off"
        spellcheck={false}
        value={query.text}
        onInput={(event) => setQuery({ ...query, text: event.currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
          else if (event.key === 'Escape') onClose();
          else return;
          event.preventDefault();
        }}
      />
      <Button
        kind="quiet"
        class="log-toggle"
        aria-label="Match case"
        aria-pressed={query.matchCase}
        onClick={() => setQuery({ ...query, matchCase: !query.matchCase })}
      >
        Aa
      </Button>
      <Button
        kind="quiet"
        class="log-toggle"
        aria-label="Regular expression"
        aria-pressed={query.isRegex}
        onClick={() => setQuery({ ...query, isRegex: !query.isRegex })}
      >
        .*
      </Button>
      <Button kind="quiet" icon="up" aria-label="Previous match (Shift+Enter)" onClick={() => onStep(-1)} />
      <Button kind="quiet" icon="down" aria-label="Next match (Enter)" onClick={() => onStep(1)} />
      <span class={error === undefined ? 'log-count' : 'log-count log-invalid'} role="status">
        {summary(search)}
      </span>
      <Button kind="quiet" icon="cross" aria-label="Close the search (Escape)" onClick={onClose} />
    </search>
  );
}
