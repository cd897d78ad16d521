import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive made by hand, and what is odd about it. */
export interface Odd {
  name: string | Uint8Array;
  data?: string | Uint8Array;
  /** Default: deflated. */
  method?: number;
  /** Sizes behind the data: with or without a signature, of 32 or 64 bits. */
  descriptor?: 'signed32' | 'bare32' | 'signed64' | 'bare64';
  /** Sizes and offset in a ZIP64 field. */
  zip64?: boolean;
  /** A Unix mode. */
  mode?: number;
  flags?: number;
  utf8?: boolean;
  extra?: Uint8Array;
  /** What the directory says instead of the truth. */
  lie?: { name?: string; size?: number; packedSize?: number; crc32?: number; offset?: number; method?: number };
  /** Damages the packed bytes after the sums were made. */
  damage?: (packed: Uint8Array) => void;
  /** Left out of the directory. */
  hidden?: boolean;
}

const bytes = (value: string | Uint8Array) => (typeof value === 'string' ? new TextEncoder().encode(value) : value);

function record(length: number, fill: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  fill(view);
  return new Uint8Array(view.buffer);
}

export const concat = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts));

/** 2024-05-06 07:08:10 in MS-DOS form. */
export const dosTime: number = (((2024 - 1980) << 25) | (5 << 21) | (6 << 16) | (7 << 11) | (8 << 5) | 5) >>> 0;
export const time = new Date('2024-05-06T07:08:10Z');

/** A ZIP64 field of the given values. */
function wide(...values: number[]): Uint8Array {
  return record(4 + 8 * values.length, (view) => {
    view.setUint16(0, 1, true);
    view.setUint16(2, 8 * values.length, true);
    for (const [index, value] of values.entries()) view.setBigUint64(4 + 8 * index, BigInt(value), true);
  });
}

/** An archive of the entries, one after the other. `zip64` writes the end records of ZIP64 as well. */
export function makeZip(
  entries: Odd[],
  options: { zip64?: boolean; comment?: string; count?: number } = {},
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const add = (part: Uint8Array) => {
    parts.push(part);
    at += part.length;
  };
  for (const entry of entries) {
    const name = bytes(entry.name);
    const data = bytes(entry.data ?? '');
    const method = entry.method ?? 8;
    const packed = method === 8 ? new Uint8Array(deflateRawSync(data)) : data.slice();
    const sum = crc32(data);
    const flags = (entry.flags ?? 0) | (entry.descriptor ? 8 : 0) | ((entry.utf8 ?? true) ? 0x800 : 0);
    const offset = at;
    const [packedSize, size] = [packed.length, data.length];
    entry.damage?.(packed);
    const described = entry.descriptor !== undefined;
    const wideLocal = entry.zip64 && !described;
    const extra = concat(wideLocal ? wide(size, packedSize) : new Uint8Array(0), entry.extra ?? new Uint8Array(0));
    add(
      record(30, (view) => {
        view.setUint32(0, 0x04034b50, true);
        view.setUint16(4, 45, true);
        view.setUint16(6, flags, true);
        view.setUint16(8, method, true);
        view.setUint32(10, dosTime, true);
        view.setUint32(14, described ? 0 : sum, true);
        view.setUint32(18, described ? 0 : wideLocal ? 0xffffffff : packedSize, true);
        view.setUint32(22, described ? 0 : wideLocal ? 0xffffffff : size, true);
        view.setUint16(26, name.length, true);
        view.setUint16(28, extra.length, true);
      }),
    );
    add(name);
    add(extra);
    add(packed);
    if (entry.descriptor) {
      const signed = entry.descriptor.startsWith('signed');
      const long = entry.descriptor.endsWith('64');
      const before = signed ? 4 : 0;
      add(
        record(before + 4 + (long ? 16 : 8), (view) => {
          if (signed) view.setUint32(0, 0x08074b50, true);
          view.setUint32(before, sum, true);
          if (long) {
            view.setBigUint64(before + 4, BigInt(packedSize), true);
            view.setBigUint64(before + 12, BigInt(size), true);
          } else {
            view.setUint32(before + 4, packedSize, true);
            view.setUint32(before + 8, size, true);
          }
        }),
      );
    }
    if (entry.hidden) continue;
    const lie = entry.lie ?? {};
    const told = bytes(lie.name ?? name);
    const values = [lie.size ?? size, lie.packedSize ?? packedSize, lie.offset ?? offset] as const;
    const centralExtra = concat(entry.zip64 ? wide(...values) : new Uint8Array(0), entry.extra ?? new Uint8Array(0));
    directory.push(
      record(46, (view) => {
        view.setUint32(0, 0x02014b50, true);
        view.setUint8(4, 45);
        view.setUint8(5, 3);
        view.setUint16(6, 45, true);
        view.setUint16(8, flags, true);
        view.setUint16(10, lie.method ?? method, true);
        view.setUint32(12, dosTime, true);
        view.setUint32(16, lie.crc32 ?? sum, true);
        view.setUint32(20, entry.zip64 ? 0xffffffff : values[1], true);
        view.setUint32(24, entry.zip64 ? 0xffffffff : values[0], true);
        view.setUint16(28, told.length, true);
        view.setUint16(30, centralExtra.length, true);
        view.setUint32(38, ((entry.mode ?? 0o100644) << 16) >>> 0, true);
        view.setUint32(42, entry.zip64 ? 0xffffffff : values[2], true);
      }),
      told,
      centralExtra,
    );
  }
  const start = at;
  for (const part of directory) add(part);
  const size = at - start;
  const count = options.count ?? entries.filter((entry) => !entry.hidden).length;
  if (options.zip64) {
    const end = at;
    add(
      record(56, (view) => {
        view.setUint32(0, 0x06064b50, true);
        view.setBigUint64(4, 44n, true);
        view.setBigUint64(24, BigInt(count), true);
        view.setBigUint64(32, BigInt(count), true);
        view.setBigUint64(40, BigInt(size), true);
        view.setBigUint64(48, BigInt(start), true);
      }),
    );
    add(
      record(20, (view) => {
        view.setUint32(0, 0x07064b50, true);
        view.setBigUint64(8, BigInt(end), true);
        view.setUint32(16, 1, true);
      }),
    );
  }
  const comment = bytes(options.comment ?? '');
  add(
    record(22, (view) => {
      view.setUint32(0, 0x06054b50, true);
      view.setUint16(8, options.zip64 ? 0xffff : count, true);
      view.setUint16(10, options.zip64 ? 0xffff : count, true);
      view.setUint32(12, options.zip64 ? 0xffffffff : size, true);
      view.setUint32(16, options.zip64 ? 0xffffffff : start, true);
      view.setUint16(20, comment.length, true);
    }),
  );
  add(comment);
  return concat(...parts);
}
