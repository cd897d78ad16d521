import { crc32 } from 'node:zlib';
import type { Answer, Exchange, Head } from './http.ts';

/** A resumable session: its bytes are counted, and in a round that checks hashed, and then thrown away. */
export interface Upload {
  name: string;
  size: number;
  received: number;
  done: boolean;
  /** CRC-32 of what came; 0 when it was not checked. */
  crc: number;
}

/** The checksums of a file that the bench is going to send: what a storage would say at the end. */
export interface Expected {
  name: string;
  size: number;
  crc32c: string;
  md5: string;
}

const sessions = new Map<string, Upload>();
const expected = new Map<string, Expected>();
let count = 0;
let checking = false;

export function startUpload(name: string, size: number): string {
  const token = `blob-${++count}`;
  sessions.set(token, { name, size, received: 0, done: false, crc: 0 });
  return token;
}

/** Takes a whole upload out, or `undefined` when it is not whole or unknown. */
export function takeUpload(token: string): Upload | undefined {
  const upload = sessions.get(token);
  if (!upload?.done) return undefined;
  sessions.delete(token);
  return upload;
}

export function expectUploads(files: readonly Expected[]): void {
  for (const file of files) expected.set(`${file.name}:${file.size}`, file);
}

export function checkUploads(on: boolean): void {
  checking = on;
}

const discard = (answer: Answer): Exchange => ({ take() {}, end: () => answer });

function state(upload: Upload): Answer {
  if (!upload.done) {
    return { status: 308, headers: upload.received > 0 ? { range: `bytes=0-${upload.received - 1}` } : {} };
  }
  const body = Buffer.from(JSON.stringify({ name: upload.name, size: String(upload.size) }));
  const known = expected.get(`${upload.name}:${upload.size}`);
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      ...(known && { 'x-goog-hash': `crc32c=${known.crc32c},md5=${known.md5}` }),
    },
    body: { size: body.length, read: (at, length) => body.subarray(at, at + length) },
  };
}

/** `PUT /upload/TOKEN`: everything, a part (`Content-Range: bytes A-B/N`), or the question what is there (the same with `*` for the range). */
export function receive({ url, headers }: Head): Exchange {
  const upload = sessions.get(url.pathname.slice('/upload/'.length));
  if (!upload) return discard({ status: 404 });
  const range = headers.get('content-range');
  if (upload.done || range?.startsWith('bytes */')) {
    if (upload.received === upload.size) upload.done = true;
    return discard(state(upload));
  }
  const part = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(range ?? `bytes 0-${upload.size - 1}/${upload.size}`);
  const [from, to] = [Number(part?.[1]), Number(part?.[2])];
  const last = part?.[3] === String(upload.size) && to === upload.size - 1;
  if (upload.size > 0 && (!part || (!last && (to + 1 - from) % (256 << 10) !== 0))) return discard({ status: 400 });
  if (!range) {
    upload.received = 0;
    upload.crc = 0;
  } else if (from !== upload.received) return discard(state(upload));
  return {
    take(chunk) {
      upload.received += chunk.length;
      if (checking) upload.crc = crc32(chunk, upload.crc);
    },
    end() {
      if (upload.received > upload.size) return { status: 400 };
      upload.done = upload.received === upload.size;
      return state(upload);
    },
  };
}
