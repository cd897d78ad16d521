import { LineText } from './line-text.tsx';
import type { Row } from './rows.ts';
import type { Match, Range } from './search.ts';
import type { LogLine } from './store.ts';
import { duration } from './time.ts';

export interface LogRowsProps {
  /** The rows to draw, and where in the content, in pixels. */
  rows: readonly (readonly [row: Row, top: number])[];
  /** Index of the line that the address names. */
  target: number | undefined;
  times: boolean;
  lineHref: ((line: number) => string) | undefined;
  matchesOf(line: LogLine): readonly Range[];
  current: Match | undefined;
}

/** The visible rows. Each says which part of the log it is: `copy.ts` reads that. */
export function LogRows({ rows, target, times, lineHref, matchesOf, current }: LogRowsProps) {
  return (
    <>
      {rows.map(([row, top]) => {
        const { index, line, part, start, end } = row;
        const classes = ['log-row', `log-${line.stream}`, index === target && 'log-target'].filter(Boolean).join(' ');
        return (
          <div
            key={`${index}:${part}`}
            class={classes}
            style={{ top: `${top}px` }}
            data-index={index}
            data-start={start}
          >
            {part > 0 ? (
              <span class="log-number" />
            ) : (
              // Not reached by Tab: there are as many as lines.
              <a class="log-number" href={lineHref?.(index + 1)} tabIndex={-1} aria-label={`Link to line ${index + 1}`}>
                {index + 1}
              </a>
            )}
            {times && <span class="log-time">{part === 0 ? duration(line.time) : ''}</span>}
            <span class="log-text">
              <LineText
                line={line}
                start={start}
                end={end}
                matches={matchesOf(line)}
                current={current?.index === index ? current.nth : undefined}
              />
            </span>
          </div>
        );
      })}
    </>
  );
}
