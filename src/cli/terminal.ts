import { node, type OutputStream } from './node.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** `text` without control characters (but tabs and line ends) and without marks that turn the direction of writing. */
export function clean(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(control, '');
}

const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** `text` as one line: for names that come from elsewhere. */
export function cleanLine(text: string): string {
  return clean(text).replace(/[\n\t]+/g, ' ');
}

/** What a command writes to. Everything goes through `clean`. */
export interface Terminal {
  /** Whether a person is looking: then lines may be redrawn. */
  readonly live: boolean;
  /** Columns, or 80. */
  readonly width: number;
  /** A line of results, to standard output. `lead` stands before it, dim where a person is looking. */
  print(text?: string, lead?: string): void;
  /** A value as one line of JSON, to standard output. Nothing of it is lost: control characters are escaped. */
  json(value: unknown): void;
  /** A line about the results, to standard error. */
  note(text: string): void;
  /** A line that the next one replaces; nothing where nobody is looking. */
  draft(text: string): void;
}

/** The terminal of this process. Colours stay away with NO_COLOR. */
export function createTerminal(out: OutputStream = node.stdout, err: OutputStream = node.stderr): Terminal {
  const live = out.isTTY === true && node.env.TERM !== 'dumb';
  const colours = live && !node.env.NO_COLOR;
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
      out.write(`${before && colours ? `\x1b[2m${before}\x1b[0m` : before}${clean(text)}\n`);
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
