import { contentFacts, parseContentRange } from '../download/content.ts';

/** What is known of an object that is read in parts. */
export interface RemoteFacts {
  /** Bytes of the whole object. */
  readonly size: number;
  /** For If-Range: a strong ETag, else the Last-Modified text. */
  readonly validator: string | undefined;
  readonly lastModified: Date | undefined;
}

/** What an answer to a request for a part means. */
export type RangeAnswer =
  /** The body begins at the byte that was asked for. */
  | { readonly type: 'part' }
  /** The storage sends the whole object, although a part was asked for. */
  | { readonly type: 'ignored' }
  | { readonly type: 'changed' }
  | { readonly type: 'busy' }
  /** The address is no longer valid: ask the API for a new one. */
  | { readonly type: 'expired' }
  | { readonly type: 'refused' };

interface Answer {
  readonly status: number;
  readonly headers: Headers;
}

/** The facts of an answer to the first request; `undefined` when it is not a part of known place in a plain object. */
export function firstFacts({ status, headers }: Answer): (RemoteFacts & { start: number }) | undefined {
  const facts = contentFacts(headers);
  if (facts.encoded) return undefined;
  const { validator, lastModified } = facts;
  // An empty object has no part that could be sent.
  if (status === 416 && /^bytes \*\/0$/.test(headers.get('content-range')?.trim() ?? '')) {
    return { size: 0, start: 0, validator, lastModified };
  }
  const range = status === 206 ? parseContentRange(headers.get('content-range')) : undefined;
  if (range?.total === undefined) return undefined;
  return { size: range.total, start: range.start, validator, lastModified };
}

/** Decides what an answer to a request for the bytes from `start` on means. Pure. */
export function judgeRange(known: RemoteFacts, start: number, { status, headers }: Answer): RangeAnswer {
  const facts = contentFacts(headers);
  const other = facts.validator !== undefined && known.validator !== undefined && facts.validator !== known.validator;
  if (status === 206) {
    const text = headers.get('content-range');
    const range = parseContentRange(text);
    // A page sees Content-Range only where it is exposed; the storage answers 206 only to the range it was asked for.
    const placed = text === null || (range?.start === start && (range.total ?? known.size) === known.size);
    return placed && !other && !facts.encoded ? { type: 'part' } : { type: 'changed' };
  }
  if (status === 200) {
    const same = !other && !facts.encoded && (facts.total === undefined || facts.total === known.size);
    if (!same || (known.validator !== undefined && facts.validator === undefined)) return { type: 'changed' };
    return start === 0 ? { type: 'part' } : { type: 'ignored' };
  }
  if (status === 416) return { type: 'changed' };
  if (status === 408 || status === 429 || status >= 500) return { type: 'busy' };
  if ([400, 401, 403, 404, 410].includes(status)) return { type: 'expired' };
  return { type: 'refused' };
}
