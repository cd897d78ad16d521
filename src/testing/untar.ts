import type { Unpacked } from './unzip.ts';

const decoder = new TextDecoder();

function field(block: Uint8Array, start: number, length: number): string {
  const text = decoder.decode(block.subarray(start, start + length));
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** A number in octal digits, or in binary if the first bit is set. */
function number(block: Uint8Array, start: number, length: number): number {
  if (block[start]! & 0x80) {
    return block.subarray(start + 1, start + length).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  return Number.parseInt(field(block, start, length).trim() || '0', 8);
}

/** The `path` record of a pax header. */
function paxPath(data: Uint8Array): string | undefined {
  let path: string | undefined;
  for (let at = 0; at < data.length; ) {
    const length = Number.parseInt(decoder.decode(data.subarray(at, at + 20)), 10);
    if (!(length > 0)) break;
    const [, key, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(decoder.decode(data.subarray(at, at + length))) ?? [];
    if (key === 'path') path = value;
    at += length;
  }
  return path;
}

/** The regular files of a tar archive: ustar, with long names as pax or GNU tar write them. */
export function untar(archive: Uint8Array<ArrayBuffer>): Unpacked[] {
  const files: Unpacked[] = [];
  let longName: string | undefined;
  for (let at = 0; at + 512 <= archive.length; ) {
    const block = archive.subarray(at, at + 512);
    if (block.every((byte) => byte === 0)) return files;
    const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
    if (number(block, 148, 8) !== sum) throw new Error('not a tar archive');
    const size = number(block, 124, 12);
    const data = archive.slice(at + 512, at + 512 + size);
    if (data.length < size) throw new Error('the archive is truncated');
    const type = field(block, 156, 1) || '0';
    if (type === 'L') longName = field(data, 0, data.length);
    else if (type === 'x') longName = paxPath(data) ?? longName;
    else {
      const prefix = field(block, 257, 5) === 'ustar' ? field(block, 345, 155) : '';
      const name = longName ?? (prefix ? `${prefix}/` : '') + field(block, 0, 100);
      if (type === '0' || type === '7') files.push({ name, data });
      if (type !== 'g') longName = undefined;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
