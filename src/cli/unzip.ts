import { KaggleError } from '../core/errors.ts';

const endOfDirectory = 0x06054b50;
const directoryEntry = 0x02014b50;

async function inflate(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The files of a small zip archive in memory, by name (APPNOTE.TXT 4.3): stored or deflated, no encryption, no zip64.
 * Throws `KaggleError` for anything else.
 */
export async function unzip(archive: Uint8Array): Promise<Map<string, Uint8Array>> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  let end = archive.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== endOfDirectory) end--;
  if (end < 0) throw new KaggleError('what came is not a zip archive');
  const files = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== directoryEntry)
      throw new KaggleError('the directory of the zip archive is broken');
    const [method, packed] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true)];
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true)) as [
      number,
      number,
      number,
    ];
    const name = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameLength));
    const local = view.getUint32(at + 42, true);
    const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const data = archive.slice(start, start + packed);
    if (method !== 0 && method !== 8) throw new KaggleError(`"${name}" is packed in a way that is not known here`);
    if (!name.endsWith('/')) files.set(name, method === 0 ? data : await inflate(data));
    at += 46 + nameLength + extra + comment;
  }
  return files;
}
