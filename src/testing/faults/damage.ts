import { inverted } from '../checksums.ts';
import { cut } from './connection.ts';
import type { FaultOptions } from './row.ts';

/** Resolves a position in a body of `length` bytes; a negative one counts from the end. */
export function within(bytes: number | undefined, length: number): number {
  const count = bytes ?? 0;
  return count < 0 ? Math.max(0, length + count) : count;
}

/** An error response of the API, or the body and headers of the fault. */
export function errorAnswer(fault: FaultOptions, status: number, more: Record<string, string> = {}): Response {
  const body = fault.body ?? { code: status, message: `injected ${status}` };
  return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...more, ...fault.headers },
  });
}

/** A response with this body. */
export function bodyAnswer(body: string, type: string | undefined, { status, headers }: FaultOptions): Response {
  return new Response(body, {
    status: status ?? 200,
    headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
  });
}

export function redirectTo(location: string, { status, headers }: FaultOptions): Response {
  return new Response(null, { status: status ?? 302, headers: { location, ...headers } });
}

export async function withOtherSums(response: Response): Promise<Response> {
  const headers = new Headers(response.headers);
  if (headers.has('x-goog-hash')) headers.set('x-goog-hash', 'crc32c=AAAAAA==,md5=AAAAAAAAAAAAAAAAAAAAAA==');
  if (!/json/.test(headers.get('content-type') ?? ''))
    return new Response(response.body, { status: response.status, headers });
  // The final response of an upload.
  const text = (await response.text())
    .replace(/"crc32c":"[^"]*"/, '"crc32c":"AAAAAA=="')
    .replace(/"md5Hash":"[^"]*"/, '"md5Hash":"AAAAAAAAAAAAAAAAAAAAAA=="');
  return new Response(text, { status: response.status, headers });
}

export function withOtherLength(response: Response, more: number): Response {
  if (!response.body) return response;
  const headers = new Headers(response.headers);
  const length = Number(headers.get('content-length') ?? 0);
  headers.set('content-length', String(Math.max(0, length + more)));
  // Otherwise the next response on this connection would be taken for the rest of the body, or the reverse.
  headers.set('connection', 'close');
  return new Response(response.body, { status: response.status, headers });
}

/** The response with the byte at `bytes` inverted, or with a body that breaks off or stalls after that many bytes. */
export function withOtherBody(response: Response, how: 'flip' | 'cut' | 'silence', { bytes }: FaultOptions): Response {
  if (!response.body) return response;
  const place = within(bytes, Number(response.headers.get('content-length') ?? 0));
  let seen = 0;
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const start = seen;
        seen += chunk.length;
        if (how === 'flip') {
          controller.enqueue(place >= start && place < seen ? inverted(chunk, place - start) : chunk);
          return undefined;
        }
        if (start < place) controller.enqueue(chunk.subarray(0, place - start));
        if (seen < place) return undefined;
        if (how === 'cut') return controller.error(cut());
        return new Promise<void>(() => {});
      },
      flush(controller) {
        if (how === 'cut') controller.error(cut());
      },
    }),
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
