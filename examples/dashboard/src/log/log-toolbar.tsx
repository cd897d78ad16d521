import { Button } from '../ui/button.tsx';
import type { StreamFilter } from './rows.ts';

export interface LogToolbarProps {
  /** Number of lines that are shown. */
  lines: number;
  stream: StreamFilter;
  onStream(stream: StreamFilter): void;
  wraps: boolean;
  onWraps(wraps: boolean): void;
  times: boolean;
  onTimes(times: boolean): void;
  isSearching: boolean;
  onSearch(): void;
  onCopy(): void;
  onDownload(): void;
}

/** The settings of a log, and what can be done with it as a whole. */
export function LogToolbar(props: LogToolbarProps) {
  const { lines, stream, wraps, times } = props;
  return (
    <div class="log-toolbar">
      <span class="log-lines numbers">{lines === 1 ? '1 line' : `${lines.toLocaleString('en')} lines`}</span>
      <Button
        kind="quiet"
        icon="search"
        aria-label="Search (/)"
        aria-expanded={props.isSearching}
        onClick={props.onSearch}
      />
      <select
        aria-label="Streams"
        value={stream}
        onChange={(event) => props.onStream(event.currentTarget.value as StreamFilter)}
      >
        <option value="all">All</option>
        <option value="stdout">stdout</option>
        <option value="stderr">stderr</option>
      </select>
      <Button kind="quiet" class="log-toggle" aria-pressed={wraps} onClick={() => props.onWraps(!wraps)}>
        Wrap
      </Button>
      <Button kind="quiet" class="log-toggle" aria-pressed={times} onClick={() => props.onTimes(!times)}>
        Times
      </Button>
      <Button kind="quiet" icon="copy" aria-label="Copy the log" onClick={props.onCopy} />
      <Button kind="quiet" icon="download" aria-label="Download the log as text" onClick={props.onDownload} />
    </div>
  );
}
