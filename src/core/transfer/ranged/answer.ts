import { type ContentFacts, contentFacts, parseContentRange, parseUnsatisfied } from './content.ts';

/** The requested bytes: from `start` to `end` (to the end of the object if `undefined`), or the `last` so many. */
export type RangeRequest = { readonly start: number; readonly end?: number | undefined } | { readonly last: number };

/** What a response to a range request contains. */
export type RangeResult =
  /** The body is the range. For a request for the last bytes, the headers say where it starts. */
  | 'part'
  /** The body is the whole object, from byte 0. */
  | 'whole'
  /** No bytes follow those received before: they are the whole object. */
  | 'complete'
  /** The object is no longer the known one. */
  | 'changed'
  /** The body is a part, but the headers do not say which. */
  | 'unplaced'
  /** The storage is not available: retry after a pause. */
  | 'busy'
  /** The URL has expired. */
  | 'expired'
  | 'refused';

/** What an earlier response said about the object. */
export type KnownObject = Pick<ContentFacts, 'total' | 'validator' | 'page'> &
  Partial<Pick<ContentFacts, 'tag' | 'sums'>>;

/** What the client can see and expects. */
export interface RangeContext {
  /** Content-Range may be hidden, as it is from a page. */
  readonly rangeHidden?: boolean;
  /** The object itself may be an HTML page. */
  readonly mayBePage?: boolean;
}

/** Whether two values agree, as far as both are known. */
const agree = (a: unknown, b: unknown): boolean => a === undefined || b === undefined || a === b;

/** Whether a response is about the known object, as far as it tells. */
const isSame = (known: KnownObject, { tag, sums }: ContentFacts): boolean =>
  agree(tag, known.tag) && agree(sums.crc32c, known.sums?.crc32c) && agree(sums.md5, known.sums?.md5);

/** A 200. Its body can continue earlier bytes only if the validator proves that the object is the same. */
function classifyWhole(start: number, known: KnownObject, facts: ContentFacts): RangeResult {
  const { validator, total } = facts;
  const proven = validator === known.validator && (validator !== undefined || start === 0);
  if (proven && !facts.encoded && agree(total, known.total) && isSame(known, facts)) return 'whole';
  // A page of a proxy or a login instead of the file: the object itself may be unchanged.
  return facts.page && !known.page ? 'busy' : 'changed';
}

/** A 206 for the bytes from `start` to `end`. */
function classifyPart(
  { start, end }: { readonly start: number; readonly end?: number | undefined },
  known: KnownObject,
  facts: ContentFacts,
  contentRange: string | null,
  rangeHidden: boolean,
): RangeResult {
  if (facts.encoded || !agree(facts.validator, known.validator) || !isSame(known, facts)) return 'changed';
  const range = parseContentRange(contentRange);
  if (contentRange === null) {
    // A page sees Content-Range only if CORS exposes it. The storage sends a 206 only for the requested range, and its length
    // is visible.
    if (!rangeHidden) return 'unplaced';
    const until = end ?? known.total;
    return agree(facts.total, until === undefined ? undefined : until - start) ? 'part' : 'changed';
  }
  if (range?.start !== start || !agree(range.total, known.total)) return 'changed';
  return agree(facts.total, range.end - range.start) ? 'part' : 'unplaced';
}

/** Whether a 206 contains the last bytes of an object, and no more than were requested. */
function isTail(last: number, facts: ContentFacts, contentRange: string | null): boolean {
  const range = parseContentRange(contentRange);
  if (!range || range.end !== range.total || facts.encoded) return false;
  const length = range.end - range.start;
  return length <= last && agree(facts.total, length);
}

/**
 * Classifies the response to a range request. `known` is the object as an earlier response described it, `undefined` before the
 * first. Pure.
 */
export function classifyResponse(
  request: RangeRequest,
  known: KnownObject | undefined,
  { status, headers }: { readonly status: number; readonly headers: Headers },
  { rangeHidden = false, mayBePage = false }: RangeContext = {},
): RangeResult {
  const contentRange = headers.get('content-range');
  const facts = contentFacts(headers);
  if (status === 200) {
    if (known && 'start' in request) return classifyWhole(request.start, known, facts);
    const { crc32c, md5 } = facts.sums;
    // The storage reports a checksum of an object; the page of a proxy or of an error has none.
    return facts.page && !mayBePage && !crc32c && !md5 ? 'busy' : 'whole';
  }
  if (status === 206) {
    if (known && 'start' in request) return classifyPart(request, known, facts, contentRange, rangeHidden);
    return 'last' in request && isTail(request.last, facts, contentRange) ? 'part' : 'unplaced';
  }
  if (status === 416) {
    const total = parseUnsatisfied(contentRange);
    // The last bytes of an empty object.
    if ('last' in request) return total === 0 ? 'complete' : 'refused';
    if (!known) return 'refused';
    const { start } = request;
    return start > 0 && total === start && known.total === undefined ? 'complete' : 'changed';
  }
  if (status === 408 || status === 429 || status >= 500) return 'busy';
  if ([400, 401, 403, 404, 410].includes(status)) return 'expired';
  return 'refused';
}
