import { crc32 } from './crc.ts';
import { contentOf, type StoredFile } from './stored-file.ts';

/** MS-DOS date and time, as in zip archives; not before 1980. */
function dosTime(ms: number): number {
  const date = new Date(Math.max(ms, Date.UTC(1980, 0, 1)));
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  return ((day << 16) | (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1)) >>> 0;
}

/** An entry of an archive, stored or deflated. */
interface Entry extends StoredFile {
  deflated?: Uint8Array;
}

/** Creates a zip archive, without ZIP64: for small ones only. */
function zip(files: readonly Entry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const file of files) {
    const name = new TextEncoder().encode(file.name);
    const { data } = file;
    const body = file.deflated ?? data;
    const common = new DataView(new ArrayBuffer(26));
    // Version 2.0, names in UTF-8.
    common.setUint16(0, 20, true);
    common.setUint16(2, 0x800, true);
    common.setUint16(4, file.deflated ? 8 : 0, true);
    common.setUint32(6, dosTime(file.created), true);
    common.setUint32(10, crc32(data), true);
    common.setUint32(14, body.length, true);
    common.setUint32(18, data.length, true);
    common.setUint16(22, name.length, true);
    const header = new Uint8Array(common.buffer);
    const central = new DataView(new ArrayBuffer(46));
    central.setUint32(0, 0x02014b50, true);
    central.setUint16(4, 20, true);
    new Uint8Array(central.buffer).set(header, 6);
    central.setUint32(42, offset, true);
    directory.push(new Uint8Array(central.buffer), name);
    parts.push(Uint8Array.of(0x50, 0x4b, 3, 4), header, name, body);
    offset += 30 + name.length + body.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = new DataView(new ArrayBuffer(22));
  end.setUint32(0, 0x06054b50, true);
  end.setUint16(8, files.length, true);
  end.setUint16(10, files.length, true);
  end.setUint32(12, size, true);
  end.setUint32(16, offset, true);
  return concat([...parts, ...directory, new Uint8Array(end.buffer)]);
}

const archives = new WeakMap<readonly StoredFile[], StoredFile>();

/** The files of a version as a zip archive, created at the first call. */
export function zipOf(files: readonly StoredFile[], name: string, created: number): StoredFile {
  let archive = archives.get(files);
  if (!archive) {
    const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
    archive = { name, data: zip(sorted), created };
    archives.set(files, archive);
  }
  return archive;
}

const packs = new WeakMap<object, Promise<StoredFile>>();

/** A single file as a zip archive, deflated, under its base name; created at the first call. */
export function packed(file: StoredFile): Promise<StoredFile> {
  const content = contentOf(file);
  let pack = packs.get(content);
  if (!pack) {
    const { name, data, created } = file;
    const stream = new Blob([data]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const entry = { name: name.slice(name.lastIndexOf('/') + 1), data, created };
    pack = new Response(stream).arrayBuffer().then((bytes) => ({
      name: `${name}.zip`,
      data: zip([{ ...entry, deflated: new Uint8Array(bytes) }]),
      created,
    }));
    packs.set(content, pack);
  }
  return pack;
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
