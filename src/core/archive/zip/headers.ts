import { corruptArchive } from '../archive-error.ts';
import { viewOf } from '../byte-cursor.ts';
import { decodeName, entryTime, extraFields, flagBits, signatures, uint64 } from './fields.ts';

/** An entry, as the archive describes it. */
export interface ZipEntry {
  /** With `/` between folders; folders end with a slash. */
  readonly name: string;
  readonly isDirectory: boolean;
  /** Unpacked size in bytes. */
  readonly size: number;
  /** Size in the archive, in bytes. */
  readonly packedSize: number;
  readonly crc32: number;
  /** 0 stored, 8 deflated; others are unsupported. */
  readonly method: number;
  readonly flags: number;
  readonly lastModified: Date | undefined;
  /** Where its local header starts. */
  readonly offset: number;
  /** Unix file mode; 0 if unknown. */
  readonly mode: number;
}

/** Replaces values of all ones by those of the ZIP64 field, which has them in a fixed order. */
function widen(extra: Map<number, Uint8Array>, values: readonly number[]): number[] | undefined {
  const field = extra.get(1);
  let at = 0;
  const wide: number[] = [];
  for (const value of values) {
    if (value !== 0xffffffff) wide.push(value);
    else if (!field || at + 8 > field.length) return undefined;
    else {
      wide.push(uint64(viewOf(field), at));
      at += 8;
    }
  }
  return wide;
}

/** Parses the directory entry at `at`. Also returns where the next one starts. */
export function readCentral(file: string, bytes: Uint8Array, at: number): { entry: ZipEntry; next: number } {
  const view = viewOf(bytes);
  if (at + 46 > bytes.length || view.getUint32(at, true) !== signatures.central) {
    throw corruptArchive(file, 'the central directory is corrupted');
  }
  const nameEnd = at + 46 + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const next = extraEnd + view.getUint16(at + 32, true);
  if (next > bytes.length) throw corruptArchive(file, 'the central directory is corrupted');
  const flags = view.getUint16(at + 8, true);
  const extra = extraFields(bytes.subarray(nameEnd, extraEnd));
  const name = decodeName(file, bytes.subarray(at + 46, nameEnd), flags, extra);
  const [size, packedSize, offset] =
    widen(
      extra,
      [24, 20, 42].map((field) => view.getUint32(at + field, true)),
    ) ?? [];
  if (size === undefined || packedSize === undefined || offset === undefined) {
    throw corruptArchive(file, `the ZIP64 sizes of "${name}" are missing`);
  }
  // The upper half of the attributes is a Unix mode if the entry was created on Unix or macOS.
  const madeOn = view.getUint8(at + 5);
  const attributes = view.getUint32(at + 38, true);
  const mode = madeOn === 3 || madeOn === 19 ? attributes >>> 16 : 0;
  const entry = {
    name,
    isDirectory: name.endsWith('/') || (mode & 0o170000) === 0o040000,
    size,
    packedSize,
    crc32: view.getUint32(at + 16, true),
    method: view.getUint16(at + 10, true),
    flags,
    lastModified: entryTime(view.getUint16(at + 12, true), view.getUint16(at + 14, true), extra),
    offset,
    mode,
  };
  return { entry, next };
}

/** Bytes of a local header before its name. */
export const localHeaderSize = 30;

/** Length of a whole local header, from its first 30 bytes. Throws `TransferError` if it is not one. */
export function localHeaderLength(file: string, head: Uint8Array): number {
  const view = viewOf(head);
  if (head.length < localHeaderSize || view.getUint32(0, true) !== signatures.local) {
    throw corruptArchive(file, 'there is no entry at the offset given in the central directory');
  }
  return localHeaderSize + view.getUint16(26, true) + view.getUint16(28, true);
}

/** The content of a local header. Sizes are `undefined` if they follow the data. */
export interface LocalHeader extends Omit<ZipEntry, 'size' | 'packedSize' | 'crc32' | 'offset' | 'mode'> {
  readonly size: number | undefined;
  readonly packedSize: number | undefined;
  readonly crc32: number | undefined;
  /** The sizes after the data have 64 bits. */
  readonly wide: boolean;
}

/** Parses a whole local header, of the length that `localHeaderLength` returns. */
export function readLocal(file: string, bytes: Uint8Array): LocalHeader {
  const view = viewOf(bytes);
  const flags = view.getUint16(6, true);
  const nameEnd = localHeaderSize + view.getUint16(26, true);
  const extra = extraFields(bytes.subarray(nameEnd));
  const name = decodeName(file, bytes.subarray(localHeaderSize, nameEnd), flags, extra);
  const sizesFollow = (flags & flagBits.descriptor) !== 0;
  const sizes = widen(extra, [view.getUint32(22, true), view.getUint32(18, true)]);
  if (!sizes && !sizesFollow) throw corruptArchive(file, `the ZIP64 sizes of "${name}" are missing`);
  return {
    name,
    isDirectory: name.endsWith('/'),
    size: sizesFollow ? undefined : sizes![0],
    packedSize: sizesFollow ? undefined : sizes![1],
    crc32: sizesFollow ? undefined : view.getUint32(14, true),
    method: view.getUint16(8, true),
    flags,
    lastModified: entryTime(view.getUint16(10, true), view.getUint16(12, true), extra),
    wide: extra.has(1),
  };
}
