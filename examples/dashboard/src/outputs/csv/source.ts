import { plural } from '../files/counts.ts';
import { readingMore } from '../grid/read-more.ts';
import type { FileSource } from '../preview/source.ts';
import { createDecoder, type Encoding, type PieceDecoder } from '../text/encoding.ts';
import { type ColumnKind, columnKind, hasHeader } from './columns.ts';
import { detectDialect } from './dialect.ts';
import { type CsvDialect, type CsvParser, createCsvParser } from './parser.ts';

/** A table that grows as more of its file is read. */
export interface GrowingTable {
  readonly columns: readonly { readonly name: string; readonly kind: ColumnKind }[];
  /** All rows so far. */
  readonly rows: readonly (readonly string[])[];
  /** Bytes of the file from its start that the rows come from. */
  readonly offset: number;
  /** The whole file was read. */
  readonly complete: boolean;
  /** What is worth knowing: encoding, delimiter, irregular rows. */
  readonly facts: readonly string[];
  /** Reads the next piece. Does nothing if the file is complete; a call during another returns the same promise. */
  more(): Promise<void>;
}

/** Bytes of the first piece, which shows rows at once, and of the later ones. */
const firstPiece = 64 * 1024;
const nextPiece = 512 * 1024;

/** A longer record, in UTF-16 units, ends the preview: a quote is never closed, or the file has no rows. */
const longestRecord = 1024 * 1024;

/** Rows are kept in memory up to this number of UTF-16 units of text. */
const mostText = 128 * 1024 * 1024;

/** Names of the header, made unique and visible; `Column 3` where there is none. */
function columnNames(header: readonly string[] | undefined, width: number): string[] {
  return Array.from({ length: width }, (_, index) => header?.[index]?.trim() || `Column ${index + 1}`);
}

/** Opens a CSV file as a table. Read its first rows with `more`. */
export function openCsv(
  file: Pick<FileSource, 'name' | 'size' | 'read'>,
  options: { dialect?: CsvDialect; header?: boolean } = {},
): GrowingTable & { readonly dialect: CsvDialect; readonly header: boolean; readonly encoding: Encoding } {
  let offset = 0;
  let decoder: PieceDecoder | undefined;
  let dialect = options.dialect ?? { delimiter: ',', quote: '"' };
  let parser: CsvParser | undefined;
  let header = options.header ?? true;
  let columns: GrowingTable['columns'] = [];
  let rows: string[][] = [];
  let stopped: string | undefined;
  let held = 0;
  let irregular = 0;

  function begin(text: string): CsvParser {
    dialect = options.dialect ?? detectDialect(file.name, text);
    return createCsvParser(dialect);
  }

  /** The first records decide about the header and the kinds of columns. */
  function arrange(first: string[][]): void {
    header = options.header ?? hasHeader(first);
    const names = header ? first[0] : undefined;
    rows = header ? first.slice(1) : first;
    const width = Math.max(names?.length ?? 0, ...rows.slice(0, 200).map((row) => row.length));
    columns = columnNames(names, width).map((name, index) => ({ name, kind: columnKind(rows, index) }));
  }

  function add(records: string[][]): void {
    const before = rows.length;
    if (columns.length > 0) for (const record of records) rows.push(record);
    else if (records.length > 0) arrange(records);
    for (let index = before; index < rows.length; index++) if (rows[index]!.length !== columns.length) irregular++;
  }

  async function readPiece(): Promise<void> {
    const end = Math.min(file.size, offset + (offset === 0 ? firstPiece : nextPiece));
    const bytes = await file.read(offset, end);
    decoder ??= createDecoder(bytes);
    const last = end >= file.size;
    const text = decoder.decode(bytes, last);
    offset = end;
    held += text.length;
    parser ??= begin(text);
    const records = parser.push(text);
    const { inQuotes, pending } = parser;
    if (last) records.push(...parser.end());
    add(records);
    if (inQuotes && (last || pending > longestRecord)) {
      stopped = 'A quote is never closed. Rows after it are not shown: choose "no quotes".';
    } else if (pending > longestRecord) {
      stopped = 'A row is longer than 1 MiB. Rows after it are not shown.';
    } else if (held > mostText && !last) {
      stopped = 'Enough rows for a preview. Download the file to see the rest.';
    }
  }

  const isComplete = () => offset >= file.size || stopped !== undefined;

  return {
    get columns() {
      return columns;
    },
    get rows() {
      return rows;
    },
    get offset() {
      return offset;
    },
    get complete() {
      return isComplete();
    },
    get dialect() {
      return dialect;
    },
    get header() {
      return header;
    },
    get encoding() {
      return decoder?.encoding ?? 'utf-8';
    },
    get facts() {
      return [
        ...(stopped ? [stopped] : []),
        ...(irregular > 0 ? [`${plural(irregular, 'row')} with more or fewer fields than columns.`] : []),
      ];
    },
    more: readingMore({ count: () => rows.length, isComplete, readPiece }),
  };
}
