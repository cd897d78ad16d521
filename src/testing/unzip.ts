import { crc32 } from './crc.ts';

/** A file of an archive. */
export interface Unpacked {
  name: string;
  data: Uint8Array<ArrayBuffer>;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Decompresses `data`. */
export async function inflate(data: Bytes, format: 'deflate-raw' | 'gzip'): Promise<Bytes> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Replaces values that do not fit into 32 bits by those of the ZIP64 extra field, which has them in this order. */
function wide(extra: DataView<ArrayBuffer>, values: number[]): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    let field = at + 4;
    return values.map((value) => {
      if (value !== 0xffffffff) return value;
      field += 8;
      return Number(extra.getBigUint64(field - 8, true));
    });
  }
  return values;
}

/** The offset of the central directory, and its number of entries. */
function findDirectory(view: DataView): { at: number; count: number } {
  let end = view.byteLength - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error('not a zip archive');
  const count = view.getUint16(end + 10, true);
  const at = view.getUint32(end + 16, true);
  if (count !== 0xffff && at !== 0xffffffff) return { at, count };
  const wideEnd = Number(view.getBigUint64(end - 20 + 8, true));
  return {
    at: Number(view.getBigUint64(wideEnd + 48, true)),
    count: Number(view.getBigUint64(wideEnd + 32, true)),
  };
}

/** The files of a zip archive, stored or deflated. Throws if the archive is corrupted or not supported. */
export async function unzip(archive: Bytes): Promise<Unpacked[]> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let { at, count } = findDirectory(view);
  const files: Unpacked[] = [];
  for (; count > 0; count--) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error('the central directory is corrupted');
    const method = view.getUint16(at + 10, true);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const extraAt = at + 46 + nameLength!;
    const name = new TextDecoder().decode(archive.subarray(at + 46, extraAt));
    const extra = new DataView(archive.buffer, archive.byteOffset + extraAt, extraLength!);
    const numbers = [24, 20, 42].map((field) => view.getUint32(at + field, true));
    const [size, packed, offset] = wide(extra, numbers) as [number, number, number];
    const sum = view.getUint32(at + 16, true);
    at = extraAt + extraLength! + commentLength!;
    if (name.endsWith('/')) continue;
    const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
    const body = archive.slice(start, start + packed);
    if (method !== 0 && method !== 8) throw new Error(`unsupported compression method ${method}`);
    const data = method === 8 ? await inflate(body, 'deflate-raw') : body;
    if (data.length !== size || crc32(data) !== sum) throw new Error(`${name} is corrupted`);
    files.push({ name, data });
  }
  return files;
}
