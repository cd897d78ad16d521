import { extensionOf } from './names.ts';

/** What a file is previewed as. */
export type FileKind =
  | 'image'
  | 'csv'
  | 'parquet'
  | 'json'
  | 'json-lines'
  | 'notebook'
  | 'html'
  | 'text'
  | 'audio'
  | 'video'
  | 'binary';

const extensions: Readonly<Record<FileKind, string>> = {
  image: 'png jpg jpeg jfif gif webp svg avif bmp ico apng',
  csv: 'csv tsv tab psv',
  parquet: 'parquet pq parq',
  json: 'json geojson webmanifest topojson',
  'json-lines': 'jsonl ndjson jsonlines',
  notebook: 'ipynb',
  html: 'html htm xhtml',
  text: `txt log md markdown rst py r rmd jl sh bash sql js mjs ts tsx jsx css scss yaml yml toml ini cfg conf xml env
    tex bib c h cc cpp hpp cu java go rs rb lua diff patch lst out err properties gitignore svelte vue srt vtt dot`,
  audio: 'mp3 wav ogg oga flac m4a aac opus',
  video: 'mp4 webm m4v mov ogv',
  binary: '',
};

const kinds = new Map<string, FileKind>(
  Object.entries(extensions).flatMap(([kind, list]) =>
    list
      .split(/\s+/)
      .filter(Boolean)
      .map((extension) => [extension, kind as FileKind] as const),
  ),
);

/** Names without a telling extension. */
const names = new Map<string, FileKind>([
  ['dockerfile', 'text'],
  ['makefile', 'text'],
  ['license', 'text'],
  ['readme', 'text'],
]);

/** Returns the kind of a file by its name; `binary` if the name does not tell. */
export function kindOf(path: string): FileKind {
  const base = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return names.get(base) ?? kinds.get(extensionOf(path)) ?? 'binary';
}

const startsWith = (bytes: Uint8Array, text: string, at = 0): boolean =>
  [...text].every((character, index) => bytes[at + index] === character.charCodeAt(0));

/** Type of an image by its first bytes, as a media type; `undefined` if it is none that browsers show. */
export function imageType(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (startsWith(bytes, '\xff\xd8\xff')) return 'image/jpeg';
  if (startsWith(bytes, 'GIF8')) return 'image/gif';
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8)) return 'image/webp';
  if (startsWith(bytes, 'BM')) return 'image/bmp';
  if (startsWith(bytes, 'ftypavif', 4) || startsWith(bytes, 'ftypavis', 4)) return 'image/avif';
  if (startsWith(bytes, '\0\0\x01\0')) return 'image/x-icon';
  const head = new TextDecoder().decode(bytes.subarray(0, 1024)).trimStart();
  return /^(?:<\?xml|<!--|<!doctype svg|<svg)/i.test(head) && /<svg[\s>]/i.test(head) ? 'image/svg+xml' : undefined;
}

/** Whether bytes from the start of a file are text: no NUL outside of UTF-16, and few control characters. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) return true;
  let controls = 0;
  for (const byte of bytes) {
    if (byte === 0) return false;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27 && byte !== 12) controls++;
  }
  return controls * 50 <= bytes.length;
}

/** Returns the kind of a file whose name does not tell, by its first bytes. */
export function kindByContent(bytes: Uint8Array): FileKind {
  if (startsWith(bytes, 'PAR1')) return 'parquet';
  const image = imageType(bytes);
  if (image && image !== 'image/bmp' && image !== 'image/x-icon') return 'image';
  return bytes.length > 0 && looksLikeText(bytes) ? 'text' : 'binary';
}
