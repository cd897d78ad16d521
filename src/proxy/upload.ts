import { requestStorage } from '../core/transfer/storage.ts';
import { ask, longestNote, readAnswer, refuseAs, requireStorage } from './ask.ts';
import { type Exchange, hiding } from './exchange.ts';
import { checkFileSize, type Limits } from './limits.ts';
import { readBytes } from './read-bytes.ts';
import { Refusal } from './refusal.ts';
import { jsonResponse, passedHeaders } from './responses.ts';
import { sendBody } from './send-body.ts';
import { secretsOfUrl } from './signed.ts';

/** `bytes 0-9/100`, `bytes 0-9/*`, or without bytes to ask how many are stored. */
const contentRange = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(\d{1,15}|\*)$/;

/** Bytes of the body; `undefined` if the headers do not tell, as those of a request in the same process. */
function announcedLength({ headers, body }: Request, part: number | undefined): number | undefined {
  const announced = headers.get('content-length');
  if (announced === null) return body ? part : 0;
  if (/^\d{1,15}$/.test(announced)) return Number(announced);
  throw new Refusal(400, 'the header content-length has an invalid value', 'content-length');
}

/** Reads and checks the headers of a request to an upload session. */
function sizeOf(request: Request, limits: Limits): { length: number | undefined; range: string | undefined } {
  const range = request.headers.get('content-range') ?? undefined;
  const [, first, last, total] = (range !== undefined && contentRange.exec(range)) || [];
  if (range !== undefined && total === undefined)
    throw new Refusal(400, 'the header content-range has an invalid value', 'content-range');
  const part = first === undefined ? undefined : Number(last) - Number(first) + 1;
  const length = announcedLength(request, part);
  if (part !== undefined && part !== length)
    throw new Refusal(400, `content-range does not match the body of ${length} bytes`, 'content-range');
  const size = Math.max(length ?? 0, Number(last ?? 0) + 1, total === '*' ? 0 : Number(total ?? 0));
  checkFileSize(size, limits);
  return { length, range };
}

/** What the storage says about the stored object, without its names and addresses. */
async function storedObject(response: Response, exchange: Exchange): Promise<Response> {
  const headers = passedHeaders(response, ['x-goog-hash']);
  const text = (await readAnswer(response, exchange, longestNote)) ?? '';
  let object: Record<string, unknown> | undefined;
  try {
    object = Object(JSON.parse(text));
  } catch {
    // Without details, headers of the storage tell that the response is its own.
    const own = [...response.headers.keys()].some((name) => /^(?:x-goog-|x-guploader-|etag$)/.test(name));
    if (!own) throw new Refusal(502, 'the response to the upload did not come from the storage; try again');
  }
  const { size, crc32c, md5Hash } = object ?? {};
  const known = Object.entries({ size, crc32c, md5Hash }).filter(
    ([, value]) => Number.isSafeInteger(value) || (typeof value === 'string' && /^[\w+/=]{1,64}$/.test(value)),
  );
  const found = jsonResponse(JSON.stringify(Object.fromEntries(known)), response.status);
  const hash = headers.get('x-goog-hash');
  if (hash !== null) found.headers.set('x-goog-hash', hash);
  return found;
}

/** Carries out `PUT transfer/{sealed}`: bytes of an upload, or the question how many are stored. */
export async function forwardUpload(exchange: Exchange, sealed: string): Promise<Response> {
  const { addresses, client, limits, request, user } = exchange;
  const { length: announced, range } = sizeOf(request, limits);
  const url = requireStorage(new URL(await addresses.open('upload', sealed, user)), exchange).href;
  const headers: Record<string, string> = range === undefined ? {} : { 'content-range': range };
  const bytes = announced === undefined ? await readBytes(request, limits) : undefined;
  const length = announced ?? bytes!.length;
  const source = bytes ? { ...exchange, request: new Request(request, { body: bytes }) } : exchange;
  const response =
    length > 0
      ? await sendBody(source, { url, headers, length })
      : await ask(exchange, (signal) =>
          requestStorage(client, new Request(url, { method: 'PUT', headers, redirect: 'manual', signal })),
        );
  const { status } = response;
  if (status === 200 || status === 201) return storedObject(response, exchange);
  if (status >= 400) return refuseAs(response, hiding(exchange, secretsOfUrl(url)));
  response.body?.cancel().catch(() => undefined);
  if (status !== 308 || response.headers.has('location'))
    throw new Refusal(502, `the storage sent an unexpected response (HTTP ${status})`, 'storage');
  return new Response(null, { status, headers: passedHeaders(response, ['range', 'retry-after']) });
}
