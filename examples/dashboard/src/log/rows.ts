import type { LogEntry } from 'kaggle-ts/kernels';
import type { LogLine, LogStore } from './store.ts';
import { createSums } from './sums.ts';
import { countRows, rowAt, rowBounds } from './wrap.ts';

/** A row on the screen: a line, or a part of one that is wrapped. */
export interface Row {
  /** Index of the line. */
  readonly index: number;
  readonly line: LogLine;
  /** Number of the row in its line. */
  readonly part: number;
  /** The part of the text in this row. */
  readonly start: number;
  readonly end: number;
}

export type StreamFilter = LogEntry['stream'] | 'all';

export interface RowOptions {
  /** Cells per row. */
  readonly columns: number;
  readonly stream: StreamFilter;
}

/** The rows of a log, kept current while it grows. Lines that are filtered out have none. */
export interface Rows {
  readonly total: number;
  /** Number of lines that are not filtered out. */
  readonly lines: number;
  at(row: number): Row;
  /** The row of a position in a line; of the next line, if it is filtered out. */
  rowOf(index: number, position?: number): number;
  stop(): void;
}

export function createRows(store: LogStore, { columns, stream }: RowOptions): Rows {
  const sums = createSums();
  let lines = 0;
  const count = (index: number) => {
    const line = store.lines[index]!;
    if (stream !== 'all' && line.stream !== stream) sums.set(index, 0);
    else {
      if (index >= sums.length || sums.get(index) === 0) lines++;
      sums.set(index, countRows(line.text, columns));
    }
  };
  // A line that is written in many parts is counted once.
  const changed = new Set<number>();
  const update = () => {
    for (const index of changed) count(index);
    changed.clear();
  };
  for (let index = 0; index < store.lines.length; index++) count(index);
  const stop = store.subscribe((index) => changed.add(index));

  return {
    get total() {
      update();
      return sums.total;
    },
    get lines() {
      update();
      return lines;
    },
    at(row) {
      update();
      const { index, offset: part } = sums.find(row);
      const line = store.lines[index]!;
      const [start, end] = rowBounds(line.text, columns, part);
      return { index, line, part, start, end };
    },
    rowOf(index, position = 0) {
      update();
      const part = sums.get(index) > 1 ? rowAt(store.lines[index]!.text, columns, position) : 0;
      return Math.max(0, Math.min(sums.total - 1, sums.before(index) + part));
    },
    stop,
  };
}
