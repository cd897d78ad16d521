import type { Range } from './search.ts';
import { toSegments } from './segments.ts';
import type { LogLine } from './store.ts';
import { classesOf } from './style.ts';
import './colors.css';

export interface LineTextProps {
  line: LogLine;
  /** The part of the text to show. @default all */
  start?: number;
  end?: number;
  /** Parts of the line to highlight. */
  matches?: readonly Range[];
  /** Number of the match that was jumped to. */
  current?: number | undefined;
}

/** Text with its colors, as elements with classes: what a program prints is never markup. */
export function LineText({ line, start = 0, end = line.text.length, matches = [], current }: LineTextProps) {
  if (line.runs.length === 0 && matches.length === 0) return <>{line.text.slice(start, end)}</>;
  return (
    <>
      {toSegments(line.text, line.runs, matches, start, end).map(({ text, style, match }, at) => {
        const isCurrent = match !== undefined && match === current;
        const highlight = match === undefined ? '' : isCurrent ? 'log-match log-match-current' : 'log-match';
        const Part = match === undefined ? 'span' : 'mark';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts have no other identity
          <Part key={at} class={[classesOf(style), highlight].filter(Boolean).join(' ') || undefined}>
            {text}
          </Part>
        );
      })}
    </>
  );
}
