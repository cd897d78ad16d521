/** Reads the bodies of API calls, and keeps those of recorded requests. */
import type { RecordedRequest } from './types.ts';
import { WireError } from './wire.ts';

/** Maximum size of a request body in bytes: many times the size of the largest that Kaggle accepts. */
const largestBody = 2 ** 24;
/** Maximum size of all recorded bodies together. */
const largestRecord = 2 ** 26;

/** Reads a body. Stops reading if it is too large. */
async function textOf(request: Request): Promise<string> {
  const tooLarge = () => new WireError(413, `the request body is larger than ${largestBody} bytes`);
  if (Number(request.headers.get('content-length')) > largestBody) {
    await request.body?.cancel();
    throw tooLarge();
  }
  const decoder = new TextDecoder();
  const reader = request.body?.getReader();
  let size = 0;
  let text = '';
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done || !value) return text + decoder.decode();
    size += value.length;
    if (size > largestBody) {
      await reader!.cancel();
      throw tooLarge();
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** Reads the body of an API call; `size` is its length in characters. */
export async function readBody(request: Request): Promise<{ body: Record<string, unknown>; size: number }> {
  const type = request.headers.get('content-type');
  if (!/^application\/json\b/i.test(type ?? '')) {
    throw new WireError(415, `Content-Type: expected application/json, got ${type ?? 'none'}`);
  }
  const text = await textOf(request);
  let body: unknown;
  try {
    body = JSON.parse(text || '{}');
  } catch {
    throw new WireError(400, 'the request body is not valid JSON');
  }
  if (body === null || typeof body !== 'object' || Array.isArray(body))
    throw new WireError(400, 'the request body is not a JSON object');
  return { body: body as Record<string, unknown>, size: text.length };
}

/**
 * Keeps the bodies of recorded requests within limits. The returned function adds a body of `size` characters, and
 * drops the oldest ones if necessary.
 */
export function createBodies(most: number): (record: RecordedRequest, body: unknown, size: number) => void {
  const bodies: { record: RecordedRequest; size: number }[] = [];
  let kept = 0;
  return (record, body, size) => {
    record.body = body;
    bodies.push({ record, size });
    kept += size;
    while (kept > largestRecord || bodies.length > most) {
      const oldest = bodies.shift()!;
      delete oldest.record.body;
      kept -= oldest.size;
    }
  };
}
