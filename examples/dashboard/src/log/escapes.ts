/** A part of what a program writes. Its `end` is the index after it. */
export type Token =
  | { readonly type: 'text'; readonly text: string; readonly end: number }
  | { readonly type: 'return' | 'back' | 'nothing'; readonly end: number }
  /** `ESC [ parameters command`. */
  | { readonly type: 'control'; readonly parameters: string; readonly command: string; readonly end: number }
  /** The data ends within a sequence. */
  | { readonly type: 'partial' };

/** Control characters except for tab and line feed, and the characters that change the direction of text: they can disguise it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const special = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Maximum length of the text of a sequence, such as a title or a link. A longer one is shown as text. */
const longest = 4096;

/* biome-ignore-start lint/suspicious/noControlCharactersInRegex: they are about control characters */
const controlSequence = /\x1b\[([0-?]{0,256})[ -/]{0,8}([@-~])/y;
/** Titles, links, the clipboard and the like: removed with their text, if they are complete and in one line. */
const stringSequence = new RegExp(`\\x1b[\\]P_^X][^\\x07\\x1b\\r\\n]{0,${longest}}(?:\\x07|\\x1b\\\\)`, 'y');
const otherSequence = /\x1b[ -/]{0,8}[0-OQ-WYZ\\`-~]/y;
const beginning = new RegExp(
  `\\x1b(?:\\[[0-?]{0,256}[ -/]{0,8}|[\\]P_^X][^\\x07\\x1b\\r\\n]{0,${longest}}\\x1b?|[ -/]{0,8})$`,
  'y',
);
/* biome-ignore-end lint/suspicious/noControlCharactersInRegex: they are about control characters */

function matchAt(pattern: RegExp, data: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(data);
}

/** A control character as text: U+0007 as its picture, U+202E by its number. */
function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** The token at `at`. With `isEnd` no more data comes, and a sequence that is cut off is text. */
export function nextToken(data: string, at: number, isEnd: boolean): Token {
  const next = matchAt(special, data, at)?.index ?? data.length;
  if (next > at) return { type: 'text', text: data.slice(at, next), end: next };
  const character = data[at]!;
  const end = at + 1;
  if (character === '\r') return { type: 'return', end };
  if (character === '\b') return { type: 'back', end };
  if (character === '\x07') return { type: 'nothing', end };
  if (character !== '\x1b') return { type: 'text', text: visible(character), end };
  const control = matchAt(controlSequence, data, at);
  if (control) {
    const [all, parameters = '', command = ''] = control;
    return { type: 'control', parameters, command, end: at + all.length };
  }
  const [other] = matchAt(stringSequence, data, at) ?? matchAt(otherSequence, data, at) ?? [];
  if (other !== undefined) return { type: 'nothing', end: at + other.length };
  if (!isEnd && matchAt(beginning, data, at)) return { type: 'partial' };
  return { type: 'text', text: visible(character), end };
}
