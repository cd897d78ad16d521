import { hashHeader, inverted } from './checksums.ts';
import type { Context, Handler } from './context.ts';
import type { Injected } from './faults/book.ts';
import { ConnectionCut } from './faults/connection.ts';
import { bodyFault, breakOff } from './faults/inject.ts';
import type { BodyFault } from './faults/row.ts';
import type { EmulatorUser, Upload } from './types.ts';
import { integer, invalid, text, WireError } from './wire.ts';

const granule = 262_144;
const types = ['DATASET', 'MODEL', 'INBOX', 'COMPETITION_SOLUTION'];

const bucket = (type: string) => (type === 'MODEL' ? 'kaggle-models-data' : 'kaggle-data-sets');

/** Opens an upload session for one file. */
export function openUpload(
  context: Context,
  owner: EmulatorUser,
  { type, name, size }: Pick<Upload, 'type' | 'name' | 'size'>,
): Upload {
  const id = `ABg5${context.hex(60)}`;
  const upload: Upload = {
    id,
    // In the form of Kaggle's tokens: a JWE.
    token: `eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4Q0JDLUhTMjU2In0..${context.hex(22)}.${context.hex(64)}`,
    owner: owner.username,
    type,
    name,
    size,
    bytes: context.keeper.bytes(id, size),
    get received() {
      return this.bytes.length;
    },
    done: false,
    used: false,
    expired: undefined,
    turn: 0,
  };
  context.state.uploads.set(id, upload);
  return upload;
}

function answer(context: Context, upload: Upload): object {
  const { id, token, type } = upload;
  context.keeper.upload(upload);
  return {
    token,
    createUrl: `${context.options.storageOrigin}/upload/storage/v1/b/${bucket(type)}/o?uploadType=resumable&upload_id=${id}`,
  };
}

function checkedLength(body: Record<string, unknown>): number | undefined {
  const size = integer(body, 'contentLength');
  if (size !== undefined && size < 0) throw invalid('contentLength', '0 or more', size);
  return size;
}

export const startBlobUpload: Handler = ({ context, user, body }) => {
  const type = text(body, 'type').replace(/^API_BLOB_TYPE_/, '');
  const name = text(body, 'name');
  if (!types.includes(type))
    throw new WireError(400, `field "type": expected one of ${types.join(', ')}, got ${JSON.stringify(type)}`);
  if (!name) throw new WireError(400, 'field "name" is missing');
  return answer(context, openUpload(context, user!, { type, name, size: checkedLength(body) }));
};

/** The older REST method; it opens the same kind of session. */
export const uploadDatasetFile: Handler = ({ context, user, body }) => {
  const name = text(body, 'fileName');
  if (!name) throw new WireError(400, 'field "fileName" is missing');
  return answer(context, openUpload(context, user!, { type: 'DATASET', name, size: checkedLength(body) }));
};

/** Returns the upload of a token. A token can be used once, by its owner, when the upload is complete. */
export function useToken(context: Context, user: EmulatorUser, token: string): Upload {
  const upload = [...context.state.uploads.values()].find((candidate) => candidate.token === token);
  if (!upload || upload.owner !== user.username)
    throw new WireError(400, 'unknown upload token: it does not exist, or belongs to another user');
  const file = JSON.stringify(upload.name);
  if (upload.used) throw new WireError(400, `the upload token of ${file} was already used; upload the file again`);
  if (!upload.done)
    throw new WireError(400, `the upload of ${file} is not complete: ${upload.received} bytes received`);
  return upload;
}

function stored(upload: Upload): Response {
  const headers: Record<string, string> = upload.received > 0 ? { range: `bytes=0-${upload.received - 1}` } : {};
  return new Response(null, { status: 308, headers });
}

function finished(context: Context, upload: Upload): Response {
  const { hashes } = context.options;
  const sums = upload.bytes.sums();
  const checksums = {
    ...((hashes === 'both' || hashes === 'crc32c') && { crc32c: sums.crc32c }),
    ...((hashes === 'both' || hashes === 'md5') && { md5Hash: sums.md5 }),
  };
  const now = new Date(context.now()).toISOString();
  const body = {
    kind: 'storage#object',
    name: `inbox/${upload.owner}/${upload.name}`,
    bucket: bucket(upload.type),
    contentType: 'application/octet-stream',
    timeCreated: now,
    updated: now,
    timeFinalized: now,
    size: String(upload.received),
    ...checksums,
  };
  return new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json', ...hashHeader(sums, hashes) },
  });
}

function finish(context: Context, upload: Upload): Response {
  upload.done = true;
  const answer = finished(context, upload);
  context.keeper.upload(upload);
  return answer;
}

interface ContentRange {
  /** `undefined` for a status query. */
  start?: number;
  end?: number;
  /** `undefined` if not yet known. */
  total?: number;
}

function parseContentRange(header: string | null): ContentRange | undefined {
  if (header === null) return undefined;
  const match = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(header.trim());
  if (!match) throw new WireError(400, `invalid Content-Range "${header}": expected "bytes START-END/SIZE"`);
  const total = match[3] === '*' ? undefined : Number(match[3]);
  return match[1] === undefined ? { total } : { start: Number(match[1]), end: Number(match[2]) + 1, total };
}

/** Stores the body as it arrives, up to `end`. If the connection breaks, the bytes received until then stay. */
async function store(upload: Upload, request: Request, end: number, fault: BodyFault | undefined): Promise<void> {
  const reader = request.body?.getReader();
  if (!reader) return;
  const turn = ++upload.turn;
  const start = upload.received;
  for (;;) {
    // Checked before the read: a fault that stalls must not read more from the connection.
    if (fault && upload.received >= end && fault.next === 'silence') return;
    const { done, value } = await reader.read();
    if (done) return;
    if (turn !== upload.turn) throw new ConnectionCut('connection cut: a later request took over the upload session');
    const space = Math.min(value.length, end - upload.received);
    const flip = (fault?.flip ?? -1) - (upload.received - start);
    const changed = flip >= 0 && flip < value.length ? inverted(value, flip) : value;
    if (space > 0) upload.bytes.append(changed.subarray(0, space));
    if (value.length > space) {
      if (fault?.next !== 'silence') await reader.cancel();
      return;
    }
  }
}

/** Returns the range that a PUT sends, or the response to a status query. Throws where the storage refuses. */
function plan(
  context: Context,
  upload: Upload,
  request: Request,
): Response | { start: number; end: number; isWhole(): boolean } {
  const range = parseContentRange(request.headers.get('content-range'));
  if (upload.done) return finished(context, upload);
  if (range && range.start === undefined) {
    const isWhole =
      range.total === upload.received && (upload.size ?? range.total) === range.total && upload.received > 0;
    return isWhole ? finish(context, upload) : stored(upload);
  }
  const announced = request.headers.get('content-length');
  const length = announced === null ? undefined : Number(announced);
  const start = range?.start ?? 0;
  const total = range?.total ?? (range ? undefined : (upload.size ?? length));
  if (upload.size !== undefined && total !== undefined && total !== upload.size)
    throw new WireError(400, `the upload was announced with ${upload.size} bytes, but this request has ${total}`);
  if (start > upload.received) {
    const why = `the part starts at byte ${start}, expected byte ${upload.received}`;
    if (upload.received === 0) throw new WireError(400, `invalid Content-Range: ${why}`);
    throw new ConnectionCut(`connection cut: out of order: ${why}`);
  }
  const last = !range || (range.total !== undefined && range.end === range.total);
  if (!last && (range.end! - start) % granule !== 0)
    throw new WireError(400, `invalid part size ${range.end! - start}: expected a multiple of ${granule} bytes`);
  return {
    start,
    end: range?.end ?? total ?? Number.POSITIVE_INFINITY,
    isWhole: () => (total === undefined ? !range : upload.received === total),
  };
}

/** Handles a PUT to an upload session: the whole file, a part, or a status query. */
export async function putUpload(
  context: Context,
  request: Request,
  url: URL,
  fault: Injected | undefined,
): Promise<Response> {
  const upload = context.state.uploads.get(url.searchParams.get('upload_id') ?? '');
  if (!upload) throw new WireError(404, 'upload session not found; start a new upload');
  const expired = fault?.row.session?.(fault.fault);
  if (expired !== undefined) {
    upload.expired = expired;
    context.keeper.upload(upload);
  }
  if (upload.expired) throw new WireError(upload.expired, 'the upload session has expired; start a new upload');
  const planned = plan(context, upload, request);
  const length = planned instanceof Response ? 0 : planned.end - planned.start;
  const broken = bodyFault(fault, length);
  const brokenOff = async () => fault && broken && (await breakOff(fault, broken.next, request));
  if (planned instanceof Response) {
    await request.body?.cancel();
    return (await brokenOff()) ?? planned;
  }
  const { start, end, isWhole } = planned;
  upload.bytes.truncate(start);
  await store(upload, request, Math.min(end, start + (broken?.limit ?? end)), broken);
  if (broken && broken.limit < length) return (await brokenOff()) ?? stored(upload);
  if (broken?.next !== 'stored') {
    const instead = await brokenOff();
    if (instead) return instead;
  }
  if (!isWhole()) return stored(upload);
  return finish(context, upload);
}
