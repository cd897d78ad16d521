import { validators } from './checksums.ts';
import type { Context } from './context.ts';
import type { Injected } from './faults/book.ts';
import { copyOf, type StoredFile, sizeOf, sliceOf } from './stored-file.ts';
import { WireError } from './wire.ts';

/** Lifetime of a download URL in milliseconds: three days. */
const linkLifetime = 259_200_000;

/** Maximum number of URLs: repeated listings of large outputs create many. */
const mostLinks = 2 ** 18;

/** Remembers the file that a secret gives access to. Expired secrets are dropped. */
function keep(context: Context, secret: string, file: StoredFile): string {
  const { links } = context.state;
  const now = context.now();
  // In order of creation: the expired ones come first.
  for (const [old, { expires }] of links) {
    if (expires + linkLifetime >= now && links.size < mostLinks) break;
    links.delete(old);
  }
  links.set(secret, { file, expires: now + linkLifetime });
  return secret;
}

/** A time in the form of signatures: `20260102T030405Z`. */
const stamp = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '');

/** A signed URL of the storage, with the secret in its query. */
export function signedUrl(context: Context, file: StoredFile, path: string = file.name): string {
  const date = stamp(context.now());
  const query = new URLSearchParams({
    'X-Goog-Algorithm': 'GOOG4-RSA-SHA256',
    'X-Goog-Credential': `kaggle-emulator@example.iam.gserviceaccount.com/${date.slice(0, 8)}/auto/storage/goog4_request`,
    'X-Goog-Date': date,
    'X-Goog-Expires': String(linkLifetime / 1000),
    'X-Goog-SignedHeaders': 'host',
    'X-Goog-Signature': keep(context, context.hex(64), file),
  });
  return `${context.options.storageOrigin}/download/${path.split('/').map(encodeURIComponent).join('/')}?${query}`;
}

/** A URL of an output file, with the secret in its path. The file name is not escaped, as observed on Kaggle. */
export function outputUrl(context: Context, file: StoredFile, number: number): string {
  const secret = `eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..${context.hex(22)}.${context.hex(64)}.${context.hex(22)}`;
  return `${context.options.storageOrigin}/kf/${number}/${keep(context, secret, file)}/${file.name}`;
}

/** Parses `bytes=a-b`, `bytes=a-` and `bytes=-n`. Anything else is ignored: `undefined`. */
function parseRange(header: string | null, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (!match[1] && !match[2])) return undefined;
  if (!match[1]) return { start: Math.max(0, size - Number(match[2])), end: size };
  return { start: Number(match[1]), end: match[2] ? Math.min(size, Number(match[2]) + 1) : size };
}

const pieceSize = 65_536;

/** The bytes in pieces of 64 KiB, so that large files arrive in steps, at most `rate` bytes per second. */
function pieces(file: StoredFile, start: number, last: number, rate: number): ReadableStream<Uint8Array> {
  const started = Date.now();
  let at = start;
  return new ReadableStream({
    async pull(controller) {
      const end = Math.min(at + pieceSize, last);
      const early = ((end - start) / rate) * 1000 - (Date.now() - started);
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      if (at < end) controller.enqueue(sliceOf(file, at, end));
      at = end;
      if (at >= last) controller.close();
    },
  });
}

/** Replaces the content of a file; its ETag and Last-Modified change, too. */
function change(context: Context, file: StoredFile, data: Uint8Array<ArrayBuffer>): void {
  file.data = data;
  file.created = Math.max(context.now(), file.created + 1000);
}

/** Handles GET and HEAD of a signed URL, with Range, If-Range, validators and checksums. */
export function download(context: Context, request: Request, url: URL, met: Injected | undefined): Response {
  const secret = /^\/kf\/\d+\/([^/]+)\//.exec(url.pathname)?.[1] ?? url.searchParams.get('X-Goog-Signature');
  const link = context.state.links.get(secret ?? '');
  if (!link)
    throw new WireError(403, 'the signature is invalid or too old; call the download method again for a new URL');
  if (link.expires < context.now())
    throw new WireError(400, 'the signed URL has expired; call the download method again for a new one');
  // A copy, so that a change of the content does not affect a response that is being sent.
  const before = copyOf(link.file);
  const changed = met?.row.content?.(met.fault, link.file.data);
  if (changed) change(context, link.file, changed);
  // A response that breaks off because of a change sends the old content.
  const file = changed && met?.fault.bytes !== undefined ? before : copyOf(link.file);
  const size = sizeOf(file);
  const headers: Record<string, string> = {
    'content-type': 'application/octet-stream',
    ...validators(file, context.options.hashes),
  };
  const condition = request.headers.get('if-range');
  const holds = condition === null || condition === headers.etag || condition === headers['last-modified'];
  const ignored = !holds || met?.row.range === 'ignored';
  const range = ignored ? undefined : parseRange(request.headers.get('range'), size);
  const outside = range && (range.start >= size || range.start >= range.end);
  if (outside || met?.row.range === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { 'content-range': `bytes */${size}` } });
  }
  const { start, end } = range ?? { start: 0, end: size };
  headers['content-length'] = String(end - start);
  if (range) headers['content-range'] = `bytes ${start}-${end - 1}/${size}`;
  const body = request.method === 'HEAD' ? null : pieces(file, start, end, context.options.rate);
  return new Response(body, { status: range ? 206 : 200, headers });
}
