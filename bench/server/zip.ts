import { crc32 } from 'node:zlib';

export interface ZipEntry {
  name: string;
  /** As it stands in the archive. */
  stored: Uint8Array;
  method: 'store' | 'deflate';
  /** Of the content. */
  size: number;
  crc: number;
}

export function storedEntry(name: string, content: Uint8Array): ZipEntry {
  return { name, stored: content, method: 'store', size: content.length, crc: crc32(content) };
}

/** A zip archive of at most 65,535 entries and 4 GiB, with the sizes in front of each entry. */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array {
  const names = entries.map(({ name }) => Buffer.from(name));
  const content = entries.reduce((sum, { stored }, index) => sum + 30 + names[index]!.length + stored.length, 0);
  const directory = names.reduce((sum, name) => sum + 46 + name.length, 0);
  const zip = Buffer.allocUnsafe(content + directory + 22).fill(0, content);
  let at = 0;
  let listed = content;
  entries.forEach(({ stored, method, size, crc }, index) => {
    const name = names[index]!;
    const start = at;
    zip.fill(0, at, at + 30);
    zip.writeUInt32LE(0x04034b50, at);
    writeFields(at + 4);
    at += 30;
    at += name.copy(zip, at);
    zip.set(stored, at);
    at += stored.length;

    zip.writeUInt32LE(0x02014b50, listed);
    zip.writeUInt16LE(20, listed + 4);
    writeFields(listed + 6);
    zip.writeUInt32LE(start, listed + 42);
    listed += 46;
    listed += name.copy(zip, listed);

    /** What the header before an entry and its line in the directory have in common. */
    function writeFields(position: number): void {
      zip.writeUInt16LE(20, position);
      zip.writeUInt16LE(method === 'deflate' ? 8 : 0, position + 4);
      zip.writeUInt16LE((46 << 9) | (1 << 5) | 1, position + 8);
      zip.writeUInt32LE(crc, position + 10);
      zip.writeUInt32LE(stored.length, position + 14);
      zip.writeUInt32LE(size, position + 18);
      zip.writeUInt16LE(name.length, position + 22);
    }
  });
  zip.writeUInt32LE(0x06054b50, listed);
  zip.writeUInt16LE(entries.length, listed + 8);
  zip.writeUInt16LE(entries.length, listed + 10);
  zip.writeUInt32LE(directory, listed + 12);
  zip.writeUInt32LE(content, listed + 16);
  return zip;
}
