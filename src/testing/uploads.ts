import { checksums } from './checksums.ts';
import type { Context, Handler } from './context.ts';
import type { Fault } from './faults.ts';
import type { EmulatorUser, Upload } from './types.ts';
import { integer, text, WireError } from './wire.ts';
import { concat } from './zip.ts';

const granule = 262_144;
const types = ['DATASET', 'MODEL', 'INBOX', 'COMPETITION_SOLUTION'];

function open(context: Context, owner: EmulatorUser, type: string, name: string, size: number | undefined): object {
  const id = context.hex(12);
  const token = `tok-${context.hex(24)}`;
  const upload: Upload = {
    id,
    token,
    owner: owner.username,
    type,
    name,
    size,
    chunks: [],
    received: 0,
    done: false,
    used: false,
    expired: false,
    turn: 0,
  };
  context.state.uploads.set(id, upload);
  return {
    token,
    createUrl: `${context.options.storageOrigin}/upload/${id}?upload_id=${context.hex(20)}%2F${context.hex(4)}`,
  };
}

function checkedLength(body: Record<string, unknown>): number | undefined {
  const size = integer(body, 'contentLength');
  if (size !== undefined && size < 0) throw new WireError(400, 'contentLength must not be negative');
  return size;
}

export const startBlobUpload: Handler = ({ context, user, body }) => {
  const type = text(body, 'type').replace(/^API_BLOB_TYPE_/, '');
  const name = text(body, 'name');
  if (!types.includes(type)) throw new WireError(400, 'Unknown blob type');
  if (!name) throw new WireError(400, 'A name is required');
  return open(context, user!, type, name, checkedLength(body));
};

/** The older way of Kaggle's REST interface: the same session by another name. */
export const uploadDatasetFile: Handler = ({ context, user, body }) => {
  const name = text(body, 'fileName');
  if (!name) throw new WireError(400, 'A fileName is required');
  return open(context, user!, 'DATASET', name, checkedLength(body));
};

/** Takes an uploaded blob out of its token; a token can be used once, by its owner, and only when all bytes are there. */
export function useToken(
  context: Context,
  user: EmulatorUser,
  token: string,
): { name: string; data: Uint8Array<ArrayBuffer>; upload: Upload } {
  const upload = [...context.state.uploads.values()].find((candidate) => candidate.token === token);
  if (!upload || upload.owner !== user.username) throw new WireError(400, 'Unknown upload token');
  if (upload.used) throw new WireError(400, 'The upload token was already used');
  if (!upload.done) throw new WireError(400, `The upload of ${upload.name} is not complete`);
  return { name: upload.name, data: concat(upload.chunks), upload };
}

function stored(upload: Upload): Response {
  const headers: Record<string, string> = upload.received > 0 ? { range: `bytes=0-${upload.received - 1}` } : {};
  return new Response(null, { status: 308, headers });
}

function finished(upload: Upload): Response {
  const sums = checksums(concat(upload.chunks));
  const body = { name: upload.name, size: String(upload.received), crc32c: sums.crc32c, md5Hash: sums.md5 };
  return new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json', 'x-goog-hash': `crc32c=${sums.crc32c},md5=${sums.md5}` },
  });
}

interface ContentRange {
  /** `undefined`: a status query. */
  start?: number;
  end?: number;
  /** `undefined`: not yet known. */
  total?: number;
}

function parseContentRange(header: string | null): ContentRange | undefined {
  if (header === null) return undefined;
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(header.trim());
  if (!match) throw new WireError(400, 'Invalid Content-Range');
  const total = match[3] === '*' ? undefined : Number(match[3]);
  return match[1] === undefined ? { total } : { start: Number(match[1]), end: Number(match[2]) + 1, total };
}

/** Stores the body as it arrives: what came before a break of the connection stays. */
async function store(upload: Upload, request: Request, limit: number): Promise<void> {
  const reader = request.body?.getReader();
  if (!reader) return;
  const turn = ++upload.turn;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    if (turn !== upload.turn) throw new WireError(409, 'A later request took over the upload session');
    const room = Math.min(value.length, limit - upload.received);
    if (room > 0) {
      upload.chunks.push(value.slice(0, room) as Uint8Array<ArrayBuffer>);
      upload.received += room;
    }
    if (value.length > room) {
      await reader.cancel();
      return;
    }
  }
}

/** PUT to an upload session: the whole, a part, or a status query. */
export async function putUpload(
  context: Context,
  request: Request,
  url: URL,
  fault: Fault | undefined,
): Promise<Response> {
  const upload = context.state.uploads.get(url.pathname.split('/')[2] ?? '');
  if (!upload) throw new WireError(404, 'No such upload session');
  if (fault?.kind === 'expiredSession') upload.expired = true;
  if (upload.expired) throw new WireError(410, 'The upload session has expired');
  const range = parseContentRange(request.headers.get('content-range'));
  if (upload.done) return finished(upload);
  if (range && range.start === undefined) {
    if (range.total === upload.received && (upload.size ?? range.total) === range.total && upload.received > 0)
      upload.done = true;
    return upload.done ? finished(upload) : stored(upload);
  }
  const announced = request.headers.get('content-length');
  const length = announced === null ? undefined : Number(announced);
  const start = range?.start ?? 0;
  const total = range?.total ?? (range ? undefined : (upload.size ?? length));
  if (upload.size !== undefined && total !== undefined && total !== upload.size)
    throw new WireError(400, 'The length differs from the announced one');
  if (!range) {
    upload.chunks = [];
    upload.received = 0;
  } else {
    if (start > upload.received) throw new WireError(400, 'The part leaves a gap');
    if (start < upload.received) {
      upload.chunks = [concat(upload.chunks).slice(0, start)];
      upload.received = start;
    }
    const last = range.total !== undefined && range.end === range.total;
    if (!last && (range.end! - start) % granule !== 0)
      throw new WireError(400, 'Parts but the last are multiples of 262144 bytes');
  }
  const expected = range?.end ?? total ?? Number.POSITIVE_INFINITY;
  const limit =
    fault?.kind === 'commitLess' || (fault?.kind === 'drop' && fault.on === 'request')
      ? start + (fault.bytes ?? 0)
      : expected;
  await store(upload, request, Math.min(expected, limit));
  if (limit < expected) return stored(upload);
  const complete = total === undefined ? !range : upload.received === total;
  if (!complete) return stored(upload);
  upload.done = true;
  return finished(upload);
}
