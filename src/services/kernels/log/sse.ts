/**
 * Reads the `data:` lines of a server-sent event stream, chunk by chunk. The text is UTF-8 whatever the charset of the
 * Content-Type says (WHATWG, "Server-sent events"), a character or a line end may be split over chunks, and a line ends
 * with CR, LF or CRLF and nothing else: U+0085 and U+2028 are text.
 */
export interface SseReader {
  /** The values of the `data:` lines that `chunk` completes. Throws for a line that is far too long. */
  push(chunk: Uint8Array): string[];
  /** The value of a last `data:` line without a line end, if any. It may be truncated. */
  rest(): string | undefined;
}

/** Maximum length of a line in characters, so that a stream without line ends does not fill the memory. */
const longestLine = 16 * 1024 * 1024;

/** The value of a `data:` line; one space after the colon is part of the syntax. `undefined` for other lines. */
function dataOf(line: string): string | undefined {
  if (line === 'data') return '';
  if (!line.startsWith('data:')) return undefined;
  return line.slice(line[5] === ' ' ? 6 : 5);
}

/**
 * Starts reading a stream. Each `data:` line is one event: Kaggle's log stream never splits an event into several lines, and the
 * blank line after an event may be missing if the connection drops.
 */
export function createSseReader(): SseReader {
  const decoder = new TextDecoder('utf-8');
  let pending = '';

  function keep(text: string): void {
    pending = text;
    if (pending.length > longestLine)
      throw new Error(`a line of the log stream is longer than ${longestLine} characters`);
  }

  return {
    push(chunk) {
      // A CRLF split over two chunks ends a line and an empty line, which is ignored.
      const lines = decoder.decode(chunk, { stream: true }).split(/\r\n|\r|\n/);
      const last = lines.pop()!;
      if (lines.length === 0) {
        keep(pending + last);
        return [];
      }
      lines[0] = pending + lines[0];
      keep(last);
      return lines.map(dataOf).filter((value) => value !== undefined);
    },
    rest() {
      const line = pending + decoder.decode();
      pending = '';
      return dataOf(line);
    },
  };
}
