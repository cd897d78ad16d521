import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet';
import { PreviewError } from '../preview/preview-error.ts';
import type { FileSource } from '../preview/source.ts';
import { loadCompressors } from './codecs.ts';
import { type CellFormat, exactParsers, prepareElement, typeName } from './values.ts';

/** A formatted value; `null` if there is none. */
export type Cell = string | null;

/** A column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly kind: 'number' | 'text';
}

/** An open Parquet file. */
export interface ParquetTable {
  readonly columns: readonly ParquetColumn[];
  readonly rowCount: number;
  readonly rowGroups: number;
  readonly createdBy: string | undefined;
  /** Names of the compression codecs. */
  readonly codecs: readonly string[];
  /** Bytes that reading these columns of the page that contains `row` can take at most. */
  cost(row: number, columns: readonly number[]): number;
  /** Reads the page that contains `row`; cells are in the order of `columns`. */
  readPage(row: number, columns: readonly number[]): Promise<{ first: number; rows: Cell[][] }>;
}

/** Rows that are read at a time; a page ends at the end of its row group. */
export const pageRows = 1000;

/** The most bytes of a page in memory after decompression. */
const mostUnpacked = 512 * 1024 * 1024;

/** Bytes of column data that are kept, so that the next page of a row group need not be requested again. */
const mostKept = 48 * 1024 * 1024;

/** The footer is read in pieces of this size: opening a file already requested the last one. */
const block = 64 * 1024;

function toBuffer(file: Pick<FileSource, 'size' | 'read'>): AsyncBuffer {
  const kept = new Map<string, ArrayBuffer>();
  let held = 0;
  return {
    byteLength: file.size,
    async slice(start, end = file.size) {
      const key = `${start}-${end}`;
      const known = kept.get(key);
      if (known) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const bytes = await file.read(start, end);
      if (bytes.length < end - start) throw new RangeError(`the file ends before byte ${end}`);
      const buffer = bytes.slice().buffer;
      kept.set(key, buffer);
      held += buffer.byteLength;
      for (const [oldest, { byteLength }] of kept) {
        if (held <= mostKept || oldest === key) break;
        kept.delete(oldest);
        held -= byteLength;
      }
      return buffer;
    },
  };
}

/** Bytes of the footer to read first: those of the last block. */
function firstRead(size: number): number {
  const last = size % block || block;
  return Math.min(size, last < 8 ? block : last);
}

/** Adds context to what hyparquet throws about the content. Errors of reads pass unchanged. */
async function decoded<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    const { name, message } = error as Error;
    const isOfContent = ['Error', 'RangeError', 'TypeError', 'SyntaxError'].includes(name);
    if (!isOfContent) throw error;
    throw new PreviewError(
      'The file cannot be read',
      `cannot read the Parquet file: it may be damaged (${message}); download it to check`,
      { cause: error },
    );
  }
}

const numeric = new Set(['INT32', 'INT64', 'FLOAT', 'DOUBLE', 'INT96']);

/** Opens a Parquet file: reads its footer only. */
export async function openParquet(file: Pick<FileSource, 'size' | 'read'>): Promise<ParquetTable> {
  if (file.size < 12)
    throw new PreviewError('The file cannot be read', 'cannot read the Parquet file: it is too short to be one');
  const buffer = toBuffer(file);
  const options = { parsers: exactParsers, geoparquet: false };
  const metadata: FileMetaData = await decoded(
    parquetMetadataAsync(buffer, { ...options, initialFetchSize: firstRead(file.size) }),
  );
  const compressors = await loadCompressors(metadata);
  const top = parquetSchema(metadata).children;
  const types = top.map(({ element, children }) => typeName(element, children.length > 0));
  const formats: CellFormat[] = top.map(({ element }) => prepareElement(element));
  const columns = top.map(({ element, children }, index): ParquetColumn => {
    const isNumber =
      children.length === 0 && numeric.has(element.type ?? '') && !/^(?:timestamp|date|time)/.test(types[index]!);
    const nullable = element.repetition_type !== 'REQUIRED';
    return {
      name: element.name,
      type: types[index]!,
      nullable,
      kind: isNumber || /^decimal/.test(types[index]!) ? 'number' : 'text',
    };
  });

  const groups: { first: number; end: number; index: number }[] = [];
  for (const [index, group] of metadata.row_groups.entries()) {
    const first = groups.at(-1)?.end ?? 0;
    groups.push({ first, end: first + Math.max(0, Number(group.num_rows)), index });
  }
  const rowCount = groups.at(-1)?.end ?? 0;

  function pageOf(row: number): { first: number; end: number; group: number } {
    const group = groups.find(({ first, end }) => row >= first && row < end) ?? groups[0]!;
    const first = group.first + Math.floor((row - group.first) / pageRows) * pageRows;
    return { first, end: Math.min(first + pageRows, group.end), group: group.index };
  }
  function chunksOf(group: number, indices: readonly number[]) {
    const names = new Set(indices.map((index) => columns[index]!.name));
    return metadata.row_groups[group]!.columns.filter(({ meta_data }) => names.has(meta_data?.path_in_schema[0] ?? ''));
  }

  return {
    columns,
    rowCount,
    rowGroups: groups.length,
    createdBy: metadata.created_by,
    codecs: [...new Set(metadata.row_groups.flatMap((group) => group.columns.map((c) => c.meta_data?.codec ?? '')))],
    cost(row, indices) {
      if (rowCount === 0) return 0;
      return chunksOf(pageOf(row).group, indices).reduce(
        (sum, { meta_data }) => sum + Number(meta_data?.total_compressed_size ?? 0),
        0,
      );
    },
    async readPage(row, indices) {
      if (rowCount === 0) return { first: 0, rows: [] };
      const { first, end, group } = pageOf(row);
      const unpacked = chunksOf(group, indices).reduce(
        (sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0),
        0,
      );
      if (unpacked > mostUnpacked) {
        throw new PreviewError(
          'Too large for a preview',
          `cannot show these rows: their row group takes more than ${mostUnpacked / 2 ** 20} MiB of memory; choose fewer columns, or download the file`,
        );
      }
      const names = indices.map((index) => columns[index]!.name);
      const found = await decoded(
        parquetReadObjects({
          ...options,
          file: buffer,
          metadata,
          compressors,
          columns: names,
          rowStart: first,
          rowEnd: end,
          utf8: false,
          useOffsetIndex: true,
        }),
      );
      return {
        first,
        rows: found.map((values) =>
          indices.map((index) => {
            const value: unknown = values[columns[index]!.name];
            return value === undefined || value === null ? null : formats[index]!(value);
          }),
        ),
      };
    },
  };
}
