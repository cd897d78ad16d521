import { type ContentFacts, contentFacts, parseContentRange, parseUnsatisfied } from './content.ts';

/** The bytes that a request asks for: from `start` to `end` (all that follow, if `undefined`), or the `last` so many. */
export type RangeRequest = { readonly start: number; readonly end?: number | undefined } | { readonly last: number };

/** What an answer to a request for a range brings. */
export type RangeAnswer =
  /** The body is the range. To a request for the last bytes, the headers say where it begins. */
  | 'part'
  /** The body is the whole object, from byte 0. */
  | 'whole'
  /** There is nothing behind what was received before: that is the whole object. */
  | 'complete'
  /** The object is no longer the one that is known. */
  | 'changed'
  /** The body is a part, and nothing tells which. */
  | 'unplaced'
  /** The storage cannot answer now: ask again after a pause. */
  | 'busy'
  /** The address is no longer valid. */
  | 'expired'
  | 'refused';

/** What is known of the object from an earlier answer. */
export type KnownObject = Pick<ContentFacts, 'total' | 'validator' | 'page'> &
  Partial<Pick<ContentFacts, 'tag' | 'sums'>>;

/** What the one who asks can see and expects. */
export interface Asker {
  /** Content-Range may be hidden, as it is from a page. */
  readonly rangeHidden?: boolean;
  /** The object may be an HTML page itself. */
  readonly mayBePage?: boolean;
}

/** Whether two facts agree, as far as both are known. */
const agree = (a: unknown, b: unknown): boolean => a === undefined || b === undefined || a === b;

/** Whether the answer speaks of the object that is known, as far as it says anything. */
const isSame = (known: KnownObject, { tag, sums }: ContentFacts): boolean =>
  agree(tag, known.tag) && agree(sums.crc32c, known.sums?.crc32c) && agree(sums.md5, known.sums?.md5);

/** A 200. Its body may only go on with bytes of before if the validator proves that it is the same object. */
function classifyWhole(start: number, known: KnownObject, facts: ContentFacts): RangeAnswer {
  const { validator, total } = facts;
  const proven = validator === known.validator && (validator !== undefined || start === 0);
  if (proven && !facts.encoded && agree(total, known.total) && isSame(known, facts)) return 'whole';
  // A proxy's or a login page instead of the file: the object itself may be as it was.
  return facts.page && !known.page ? 'busy' : 'changed';
}

/** A 206 to a request for the bytes from `start` to `end`. */
function classifyPart(
  { start, end }: { readonly start: number; readonly end?: number | undefined },
  known: KnownObject,
  facts: ContentFacts,
  contentRange: string | null,
  rangeHidden: boolean,
): RangeAnswer {
  if (facts.encoded || !agree(facts.validator, known.validator) || !isSame(known, facts)) return 'changed';
  const range = parseContentRange(contentRange);
  if (contentRange === null) {
    // A page sees Content-Range only where it is exposed. The storage sends a 206 only for the range it was asked for, and
    // its length is there to see.
    if (!rangeHidden) return 'unplaced';
    const until = end ?? known.total;
    return agree(facts.total, until === undefined ? undefined : until - start) ? 'part' : 'changed';
  }
  if (range?.start !== start || !agree(range.total, known.total)) return 'changed';
  return agree(facts.total, range.end - range.start) ? 'part' : 'unplaced';
}

/** Whether a 206 brings the last bytes of an object, and no more of them than were asked for. */
function isTail(last: number, facts: ContentFacts, contentRange: string | null): boolean {
  const range = parseContentRange(contentRange);
  if (!range || range.end !== range.total || facts.encoded) return false;
  const length = range.end - range.start;
  return length <= last && agree(facts.total, length);
}

/**
 * Tells what an answer to a request for a range brings. `known` is the object as an earlier answer described it;
 * `undefined` before the first. Pure.
 */
export function classifyAnswer(
  request: RangeRequest,
  known: KnownObject | undefined,
  { status, headers }: { readonly status: number; readonly headers: Headers },
  { rangeHidden = false, mayBePage = false }: Asker = {},
): RangeAnswer {
  const contentRange = headers.get('content-range');
  const facts = contentFacts(headers);
  if (status === 200) {
    if (known && 'start' in request) return classifyWhole(request.start, known, facts);
    const { crc32c, md5 } = facts.sums;
    // The storage tells a checksum of an object, and the page of a proxy or of an error has none.
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
