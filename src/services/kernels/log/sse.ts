/**
 * Reads the `data:` lines of a server-sent event stream, chunk by chunk. The text is UTF-8 whatever the charset of the
 * Content-Type says (WHATWG, "Server-sent events"), a character or a line end may be split over chunks, and a line ends
 * with CR, LF or CRLF and nothing else: U+0085 and U+2028 are text.
 */
export interface SseReader {
  /** The values of the `data:` lines that `chunk` completes. Throws for a line that is far too long. */
  push(chunk: Uint8Array): string[];
  /** The value of a last `data:` line without a line end, if there is one. It may have been cut off. */
  rest(): string | undefined;
}

/** Characters that a line may have, so that a stream without line ends does not take all memory. */
const longestLine = 16 * 1024 * 1024;

/** The value of a `data:` line: one space after the colon belongs to the syntax. Other lines have none. */
function dataOf(line: string): string | undefined {
  if (line === 'data') return '';
  if (!line.startsWith('data:')) return undefined;
  return line.slice(line[5] === ' ' ? 6 : 5);
}

/**
 * Starts reading a stream. Each `data:` line counts as an event of its own: Kaggle's log stream never spreads one over
 * several lines, and the blank line after an event may be missing when the connection drops.
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
      // A CRLF that is split over two chunks ends a line and then an empty one, which means nothing here.
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
