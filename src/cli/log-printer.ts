import type { LogEntry } from '../services/kernels/index.ts';
import type { Terminal } from './terminal.ts';

/** Prints the log of a kernel line by line, each with its time. */
export interface LogPrinter {
  take(entry: LogEntry): void;
  /** Prints the rest, which has no line end. */
  end(): void;
}

/** `   3.2 s | text`, with `!` in place of `|` for stderr. */
export function createLogPrinter(terminal: Terminal): LogPrinter {
  const rest: Record<LogEntry['stream'], { text: string; time: number }> = {
    stdout: { text: '', time: 0 },
    stderr: { text: '', time: 0 },
  };
  const show = (stream: LogEntry['stream'], time: number, line: string) => {
    const mark = stream === 'stderr' ? '!' : '|';
    const end = line.trimEnd();
    terminal.print(end && ` ${end}`, `${time.toFixed(1).padStart(8)} s ${mark}`);
  };
  return {
    take({ stream, time, data }) {
      const kept = rest[stream];
      // A progress bar redrawn with carriage returns becomes one line per state.
      const lines = (kept.text + data).split(/\r?\n|\r(?!$)/);
      const last = lines.pop()!;
      lines.forEach((line, index) => {
        show(stream, index === 0 && kept.text ? kept.time : time, line);
      });
      rest[stream] = { text: last, time: lines.length > 0 || !kept.text ? time : kept.time };
    },
    end() {
      for (const stream of ['stdout', 'stderr'] as const) {
        if (rest[stream].text) show(stream, rest[stream].time, rest[stream].text);
        rest[stream].text = '';
      }
    },
  };
}
