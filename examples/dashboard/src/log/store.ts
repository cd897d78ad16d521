import type { LogEntry } from 'kaggle-ts/kernels';
import type { StyledRun } from './runs.ts';
import { createTerminal, type Terminal } from './terminal.ts';

/**
 * A line as it is shown: carriage returns and cursor moves are applied, sequences and control characters removed or made visible. A
 * changed line is another object.
 */
export interface LogLine {
  readonly stream: LogEntry['stream'];
  /** Seconds from the start of the session to the first character of the line. */
  readonly time: number;
  readonly text: string;
  readonly runs: readonly StyledRun[];
}

/** A log that grows. Lines of stdout and stderr are in the order in which they begin; a progress bar stays one line. */
export interface LogStore {
  readonly lines: readonly LogLine[];
  append(entries: Iterable<LogEntry>): void;
  /** Shows a sequence that was cut off, at the end of the log. */
  end(): void;
  /** Calls `listener` with the index of each line that is new or changed. Returns a function that ends this. */
  subscribe(listener: (index: number) => void): () => void;
}

export function createLogStore(): LogStore {
  const lines: (LogLine & { readonly runs: StyledRun[] })[] = [];
  const listeners = new Set<(index: number) => void>();

  function open(stream: LogEntry['stream']): Terminal {
    return createTerminal({
      add: (time) => lines.push({ stream, time, text: '', runs: [] }) - 1,
      read: (index) => lines[index]!,
      write(index, text) {
        lines[index] = { ...lines[index]!, text };
        for (const listener of listeners) listener(index);
      },
    });
  }
  const terminals = { stdout: open('stdout'), stderr: open('stderr') };

  return {
    lines,
    append(entries) {
      for (const { stream, time, data } of entries) terminals[stream].write(data, time);
    },
    end() {
      for (const terminal of Object.values(terminals)) terminal.end();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The lines of a text with ANSI sequences. */
export function ansiLines(text: string): readonly LogLine[] {
  const store = createLogStore();
  store.append([{ stream: 'stdout', time: 0, data: text }]);
  store.end();
  return store.lines;
}
