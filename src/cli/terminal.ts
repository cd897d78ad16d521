import { node, type OutputStream } from './node.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** `text` without control characters (except tabs and line ends) and marks that change the direction of writing. */
export function clean(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(control, '');
}

const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** `text` as one line, for names from other sources. */
export function cleanLine(text: string): string {
  return clean(text).replace(/[\n\t]+/g, ' ');
}

/** The output of a command. All of it goes through `clean`. */
export interface Terminal {
  /** Whether the output is a terminal, so that lines can be redrawn. */
  readonly live: boolean;
  /** Number of columns; 80 if unknown. */
  readonly width: number;
  /** Prints a line of results to standard output, with `lead` before it, which is dim in a terminal. */
  print(text?: string, lead?: string): void;
  /** Prints a value as one line of JSON to standard output. Control characters are escaped, not removed. */
  json(value: unknown): void;
  /** Prints a message to standard error. */
  note(text: string): void;
  /** Prints a line that the next one replaces; does nothing if the output is not a terminal. */
  draft(text: string): void;
}

/** The terminal of this process. NO_COLOR disables colors. */
export function createTerminal(out: OutputStream = node.stdout, err: OutputStream = node.stderr): Terminal {
  const live = out.isTTY === true && node.env.TERM !== 'dumb';
  const colors = live && !node.env.NO_COLOR;
  let drafted = false;
  const width = () => out.columns || 80;
  const clear = () => {
    if (drafted) out.write('\r\x1b[2K');
    drafted = false;
  };
  return {
    live,
    get width() {
      return width();
    },
    print(text = '', lead = '') {
      clear();
      const before = clean(lead);
      out.write(`${before && colors ? `\x1b[2m${before}\x1b[0m` : before}${clean(text)}\n`);
    },
    json(value) {
      clear();
      out.write(`${JSON.stringify(value).replace(control, escaped)}\n`);
    },
    note(text) {
      clear();
      err.write(`${clean(text)}\n`);
    },
    draft(text) {
      if (!live) return;
      clear();
      out.write(cleanLine(text).slice(0, width() - 1));
      drafted = true;
    },
  };
}
