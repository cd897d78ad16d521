import { zipOf } from '../../testing/zip.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const encode = (text: string): Bytes => new TextEncoder().encode(text);

/** A zip archive of texts by name. */
function zip(texts: Readonly<Record<string, string>>): Bytes {
  const files = Object.entries(texts).map(([name, text]) => ({ name, data: encode(text), created: Date.UTC(2026, 0) }));
  return zipOf(files, 'archive.zip', Date.UTC(2026, 0)).data;
}

/** A tar archive of one text. */
function tar(name: string, text: string): Bytes {
  const data = encode(text);
  const archive = new Uint8Array(512 + Math.ceil(data.length / 512) * 512 + 1024);
  const write = (at: number, value: string) => archive.set(encode(value), at);
  write(0, name);
  write(100, '0000644\0');
  write(108, '0000000\0');
  write(116, '0000000\0');
  write(124, `${data.length.toString(8).padStart(11, '0')}\0`);
  write(136, '00000000000\0');
  // The checksum is computed with spaces in its own field.
  write(148, ' '.repeat(8));
  write(156, '0');
  write(257, 'ustar\x0000');
  const sum = archive.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  write(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  archive.set(data, 512);
  return archive;
}

async function gzip(bytes: Bytes): Promise<Bytes> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

const inside: string = 'packed and unpacked again\n';

/** Lines of numbers, 1.2 MB of them. */
function largeText(): Bytes {
  let text = 'id,value\n';
  for (let id = 0; text.length < 1_200_000; id++) text += `${id},${id * 7919}\n`;
  return encode(text);
}

/** Blobs, by name, of the version that shows what Kaggle unpacks and what it zips. */
export async function archiveBlobs(): Promise<[name: string, data: Bytes][]> {
  const many = Object.fromEntries(
    Array.from({ length: 21 }, (_, at) => [`${String(at).padStart(2, '0')}.txt`, inside]),
  );
  const archive = tar('inside.txt', inside);
  const large = largeText();
  return [
    ['packed.zip', zip({ ...many, 'folder/deep.txt': inside })],
    ['tarred.tar', archive],
    ['gzipped.tar.gz', await gzip(archive)],
    ['alone.txt.gz', await gzip(encode(inside))],
    ['lost/inside.txt', encode(inside)],
    ['large.csv', large],
    ['large.txt', large],
    ['large.bin', large],
  ];
}

/** Names of the blobs. */
export const archiveNames: readonly string[] = [
  'packed.zip',
  'tarred.tar',
  'gzipped.tar.gz',
  'alone.txt.gz',
  'lost/inside.txt',
  'large.csv',
  'large.txt',
  'large.bin',
  'single.zip',
];

/** The only blob of a version. */
export function singleBlob(): [name: string, data: Bytes][] {
  return [['single.zip', zip({ 'inside.txt': inside })]];
}
