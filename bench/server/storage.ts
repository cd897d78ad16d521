import type { Answer, Exchange, Head } from './http.ts';
import { findObject, type StoredObject } from './objects.ts';
import { receive } from './uploads.ts';

/** The part of `bytes=A-B`, `bytes=A-` or `bytes=-N` as start and end; `undefined` for anything else. */
function parseRange(text: string | undefined, size: number): [number, number] | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(text ?? '');
  if (!match || match[0] === 'bytes=-') return undefined;
  if (match[1] === '') return [Math.max(0, size - Number(match[2])), size];
  return [Number(match[1]), match[2] === '' ? size : Math.min(size, Number(match[2]) + 1)];
}

const part = (object: StoredObject, from: number, to: number): Answer['body'] => ({
  size: to - from,
  read: (at, length) => object.read(from + at, Math.min(length, to - from - at)),
});

function answerObject({ url, headers }: Head): Answer {
  const object = findObject(decodeURIComponent(url.pathname.slice('/storage/'.length)));
  if (!object) return { status: 404 };
  const common = {
    etag: object.etag,
    'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
    'accept-ranges': 'bytes',
    'content-type': 'application/octet-stream',
    'x-goog-generation': '1767225600000000',
    'x-goog-stored-content-length': object.size,
    'x-goog-hash': `crc32c=${object.crc32c},md5=${object.md5}`,
  };
  const condition = headers.get('if-range');
  const unchanged = condition === undefined || condition === object.etag || condition === common['last-modified'];
  const range = unchanged ? parseRange(headers.get('range'), object.size) : undefined;
  if (!range) return { status: 200, headers: common, body: part(object, 0, object.size) };
  const [from, to] = range;
  if (from >= to) return { status: 416, headers: { 'content-range': `bytes */${object.size}` } };
  const contentRange = `bytes ${from}-${to - 1}/${object.size}`;
  return { status: 206, headers: { ...common, 'content-range': contentRange }, body: part(object, from, to) };
}

/** The storage: `PUT /upload/...` and `GET /storage/...`. */
export function handleStorage(head: Head): Exchange {
  if (head.method === 'PUT' && head.url.pathname.startsWith('/upload/')) return receive(head);
  const reads = head.method === 'GET' || head.method === 'HEAD';
  const answer: Answer = reads && head.url.pathname.startsWith('/storage/') ? answerObject(head) : { status: 404 };
  return { take() {}, end: () => answer };
}
