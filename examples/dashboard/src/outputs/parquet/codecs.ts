import type { CompressionCodec, Compressors, FileMetaData } from 'hyparquet';
import { PreviewError } from '../preview/preview-error.ts';

type Decompress = (input: Uint8Array, outputLength: number) => Uint8Array;

/**
 * Decompressors in JavaScript, loaded when a file needs them. The main module of hyparquet-compressors is not imported: it
 * compiles WebAssembly when it loads, which a strict Content-Security-Policy forbids. hyparquet itself decodes Snappy.
 */
const loaders: Partial<Record<CompressionCodec, () => Promise<Decompress>>> = {
  GZIP: async () => {
    const { gunzip } = await import('hyparquet-compressors/src/gzip.js');
    return (input, length) => gunzip(input, new Uint8Array(length));
  },
  BROTLI: async () => (await import('hyparquet-compressors/src/brotli.js')).decompressBrotli,
  ZSTD: async () => {
    const { decompress } = await import('fzstd');
    return (input, length) => decompress(input, new Uint8Array(length));
  },
  LZ4: async () => (await import('hyparquet-compressors/src/lz4.js')).decompressLz4,
  LZ4_RAW: async () => (await import('hyparquet-compressors/src/lz4.js')).decompressLz4Raw,
};

/** The codecs that the column chunks of a file use. */
export function codecsOf(metadata: FileMetaData): CompressionCodec[] {
  const codecs = metadata.row_groups.flatMap(({ columns }) => columns.map((column) => column.meta_data?.codec));
  return [...new Set(codecs.filter((codec) => codec !== undefined))];
}

/** Loads the decompressors that a file needs. Throws for a codec without one. */
export async function loadCompressors(metadata: FileMetaData): Promise<Compressors> {
  const compressors: Compressors = {};
  for (const codec of codecsOf(metadata)) {
    if (codec === 'UNCOMPRESSED' || codec === 'SNAPPY') continue;
    const load = loaders[codec];
    if (!load)
      throw new PreviewError('No preview', `cannot decompress ${codec}: previews do not support it; download the file`);
    compressors[codec] = await load();
  }
  return compressors;
}
