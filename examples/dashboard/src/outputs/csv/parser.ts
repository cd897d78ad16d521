/** Records that end in the text so far, and what is known of them. */
export interface CsvParser {
  /** Adds text and returns the records that are now complete. A chunk may end anywhere. */
  push(text: string): string[][];
  /** Returns the last record if the text did not end with a line break. */
  end(): string[][];
  /** A quoted cell is open: the text so far may have a stray quote. */
  readonly inQuotes: boolean;
  /** Length of the record that is not complete yet, in UTF-16 units. */
  readonly pending: number;
}

/** How fields are written. */
export interface CsvDialect {
  readonly delimiter: string;
  /** Empty if quotes have no meaning. */
  readonly quote: string;
}

/** Where the parser is: at the start of a field, in a plain or quoted one, or after the quote that may close it. */
type State = 'start' | 'plain' | 'quoted' | 'after-quote';

/**
 * Creates a parser of RFC 4180 records that accepts what people write: any line break, text after a closing quote, quotes within
 * plain fields, rows of different lengths. Empty lines are skipped.
 */
export function createCsvParser({ delimiter, quote }: CsvDialect): CsvParser {
  let state: State = 'start';
  let record: string[] = [];
  let field = '';
  let pending = 0;
  let afterReturn = false;

  function finish(records: string[][]): void {
    record.push(field);
    if (record.length > 1 || field !== '' || state === 'after-quote') records.push(record);
    record = [];
    field = '';
    pending = 0;
    state = 'start';
  }

  return {
    get inQuotes() {
      return state === 'quoted';
    },
    get pending() {
      return pending;
    },
    push(text) {
      const records: string[][] = [];
      for (let at = 0; at < text.length; ) {
        const character = text[at]!;
        if (afterReturn) {
          afterReturn = false;
          if (character === '\n') {
            at++;
            continue;
          }
        }
        if (state === 'quoted') {
          const close = text.indexOf(quote, at);
          const end = close < 0 ? text.length : close;
          field += text.slice(at, end);
          pending += end - at;
          if (close >= 0) state = 'after-quote';
          at = close < 0 ? end : end + 1;
        } else if (state === 'after-quote' && character === quote) {
          field += quote;
          state = 'quoted';
          at++;
        } else if (state === 'start' && character === quote) {
          state = 'quoted';
          at++;
        } else if (character === delimiter) {
          record.push(field);
          field = '';
          state = 'start';
          pending++;
          at++;
        } else if (character === '\n' || character === '\r') {
          finish(records);
          afterReturn = character === '\r';
          at++;
        } else {
          let end = at + 1;
          while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r') end++;
          field += text.slice(at, end);
          pending += end - at;
          state = 'plain';
          at = end;
        }
      }
      return records;
    },
    end() {
      const records: string[][] = [];
      if (record.length > 0 || field !== '' || state === 'after-quote') finish(records);
      return records;
    },
  };
}
