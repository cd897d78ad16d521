import { nextToken } from './escapes.ts';
import { paint, type StyledRun } from './runs.ts';
import { applySgr, plain, type Style } from './style.ts';

/** Where a terminal keeps its lines. */
export interface TerminalLines {
  /** Adds an empty line; returns its index. `write` is called for it next. */
  add(time: number): number;
  read(index: number): { readonly text: string; readonly runs: StyledRun[] };
  /** Replaces the text. The caller has changed `runs` already. */
  write(index: number, text: string): void;
}

/** What one stream writes. */
export interface Terminal {
  write(data: string, time: number): void;
  end(): void;
}

/** Number of lines that the cursor can reach: programs with several progress bars move it up. */
const reach = 200;
/** Longest jump to the right, in characters. */
const widest = 2000;

/** Text that needs no terminal: no control character but tab and line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const simple = /^[^\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$/;

/** Text in columns `start` to `end`; half of a surrogate pair becomes a space. */
function cut(text: string, start: number, end: number): string {
  return text.slice(start, end).replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, ' ');
}

/** Interprets what a program writes, as a terminal of any width would. Columns are UTF-16 units. */
export function createTerminal(lines: TerminalLines): Terminal {
  /** The newest lines; the cursor is in one of them, or in the next line, which is not there until something is written. */
  let near: number[] = [];
  let row = 0;
  let column = 0;
  let style: Style = plain;
  /** A sequence that has begun at the end of the data. */
  let pending = '';
  let now = 0;

  function here(): number {
    if (row === near.length) {
      near.push(lines.add(now));
      if (near.length > 2 * reach) near = near.slice(-reach);
      row = near.length - 1;
    }
    return near[row]!;
  }

  function put(text: string): void {
    const index = here();
    const { text: before, runs } = lines.read(index);
    const start = column;
    column += text.length;
    paint(runs, start, column, style);
    if (start >= before.length) lines.write(index, before.padEnd(start) + text);
    else lines.write(index, cut(before, 0, start) + text + cut(before, column, before.length));
  }

  function feed(): void {
    if (row === near.length) lines.write(here(), '');
    row++;
    column = 0;
  }

  /** Replaces the text from `start` to `end` of the current line by spaces, or removes it at the end of the line. */
  function erase(start: number, end: number): void {
    if (row === near.length) return;
    const { text, runs } = lines.read(near[row]!);
    const to = Math.min(end, text.length);
    if (start >= to) return;
    const rest = to === text.length ? '' : ' '.repeat(to - start) + cut(text, to, text.length);
    paint(runs, start, to, plain);
    lines.write(near[row]!, cut(text, 0, start) + rest);
  }

  function eraseBelow(): void {
    erase(column, Number.POSITIVE_INFINITY);
    for (const index of near.slice(row + 1)) {
      lines.read(index).runs.length = 0;
      lines.write(index, '');
    }
  }

  function control(parameters: string, command: string): void {
    const number = Number.parseInt(parameters, 10) || 0;
    const count = Math.max(1, number);
    if (command === 'm') style = /[<-?]/.test(parameters) ? style : applySgr(style, parameters);
    else if (command === 'A' || command === 'F') row = Math.max(0, row - count);
    else if (command === 'B' || command === 'E') row = Math.min(near.length, row + count);
    else if (command === 'C') column = Math.min(widest, column + count);
    else if (command === 'D') column = Math.max(0, column - count);
    else if (command === 'G') column = Math.min(widest, count - 1);
    else if (command === 'K') erase(number > 0 ? 0 : column, number === 1 ? column : Number.POSITIVE_INFINITY);
    // Clearing the whole screen is ignored: a log loses nothing.
    else if (command === 'J' && number === 0) eraseBelow();
    if (command === 'E' || command === 'F') column = 0;
  }

  function text(data: string): void {
    const [first = '', ...others] = data.split('\n');
    if (first !== '') put(first);
    for (const part of others) {
      feed();
      if (part !== '') put(part);
    }
  }

  function run(data: string, isEnd: boolean): void {
    for (let at = 0; at < data.length; ) {
      const token = nextToken(data, at, isEnd);
      if (token.type === 'partial') {
        pending = data.slice(at);
        return;
      }
      at = token.end;
      if (token.type === 'text') text(token.text);
      else if (token.type === 'return') column = 0;
      else if (token.type === 'back') column = Math.max(0, column - 1);
      else if (token.type === 'control') control(token.parameters, token.command);
    }
  }

  return {
    write(given, time) {
      now = time;
      const data = (pending + given).replaceAll('\r\n', '\n');
      pending = '';
      if (simple.test(data)) text(data);
      else run(data, false);
    },
    end() {
      const data = pending;
      pending = '';
      run(data, true);
    },
  };
}
