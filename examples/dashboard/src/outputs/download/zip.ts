const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of a file, which is read once as a stream. */
async function crcOf(file: Blob, signal: AbortSignal): Promise<number> {
  let crc = ~0;
  const reader = file.stream().getReader();
  for (;;) {
    signal.throwIfAborted();
    const { done, value } = await reader.read();
    if (done) return ~crc >>> 0;
    for (const byte of value) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!;
  }
}

const largest = 0xffffffff;
/** Version 4.5 of the format has 64-bit sizes. */
const needed = 45;
/** Names are UTF-8. */
const flags = 0x0800;

type Field = readonly [bytes: 2 | 4 | 8, value: number];

/** Little-endian fields. */
function record(fields: readonly Field[], text = new Uint8Array()): Uint8Array<ArrayBuffer> {
  const length = fields.reduce((sum, [bytes]) => sum + bytes, 0);
  const bytes = new Uint8Array(length + text.length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [size, value] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
    at += size;
  }
  bytes.set(text, length);
  return bytes;
}

/** Date and time as MS-DOS fields. */
function dosTime(ms: number): [time: number, date: number] {
  const date = new Date(ms);
  const year = Math.min(Math.max(date.getFullYear(), 1980), 2107);
  return [
    (date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1),
    ((year - 1980) << 9) | ((date.getMonth() + 1) << 5) | date.getDate(),
  ];
}

/** A file of an archive. */
export interface ZipSource {
  readonly name: string;
  readonly content: Blob;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/**
 * A zip archive of files, without compression. The files are parts of the Blob: those on disk are read when it is saved, and not
 * held in memory.
 */
export async function zipBlob(files: readonly ZipSource[], signal: AbortSignal): Promise<Blob> {
  const parts: BlobPart[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { name, content, lastModified } of files) {
    const crc = await crcOf(content, signal);
    const text = new TextEncoder().encode(name);
    const [time, date] = dosTime(lastModified);
    const { size } = content;
    const common: Field[] = [
      [2, needed],
      [2, flags],
      [2, 0],
      [2, time],
      [2, date],
      [4, crc],
    ];
    // Sizes in the 64-bit field, always: one form for all files.
    const sizes: Field[] = [
      [2, 1],
      [2, 16],
      [8, size],
      [8, size],
    ];
    const header = record([[4, 0x04034b50], ...common, [4, largest], [4, largest], [2, text.length], [2, 20]], text);
    const extra = record(sizes);
    parts.push(header, extra, content);
    const entry = record(
      [
        [4, 0x02014b50],
        [2, needed],
        ...common,
        [4, largest],
        [4, largest],
        [2, text.length],
        [2, 28],
        [2, 0],
        [2, 0],
        [2, 0],
        [4, 0],
        [4, largest],
      ],
      text,
    );
    directory.push(
      entry,
      record([
        [2, 1],
        [2, 24],
        [8, size],
        [8, size],
        [8, offset],
      ]),
    );
    offset += header.length + extra.length + size;
  }
  const length = directory.reduce((sum, bytes) => sum + bytes.length, 0);
  const count = files.length;
  const end = record([
    [4, 0x06064b50],
    [8, 44],
    [2, needed],
    [2, needed],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, length],
    [8, offset],
    [4, 0x07064b50],
    [4, 0],
    [8, offset + length],
    [4, 1],
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, Math.min(count, 0xffff)],
    [2, Math.min(count, 0xffff)],
    [4, Math.min(length, largest)],
    [4, largest],
    [2, 0],
  ]);
  return new Blob([...parts, ...directory, end], { type: 'application/zip' });
}
