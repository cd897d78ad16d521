import { type Checksums, parseHashHeader } from '../../hash/checksum.ts';

/** What the headers of an answer say of the object that it brings. */
export interface ContentFacts {
  /** Length of the whole object; `undefined` if not said, or said of a compressed form. */
  readonly total: number | undefined;
  /** For If-Range: a strong ETag, else the Last-Modified text. */
  readonly validator: string | undefined;
  readonly lastModified: Date | undefined;
  readonly sums: Checksums;
  /** The body arrives in another encoding than that of the object: neither length nor hash can be compared. */
  readonly encoded: boolean;
}

function isEncoded(encoding: string | null): boolean {
  return encoding !== null && !/^\s*(identity)?\s*$/i.test(encoding);
}

/** The facts of a 200. */
export function contentFacts(headers: Headers): ContentFacts {
  const etag = headers.get('etag');
  const modified = headers.get('last-modified');
  const when = Date.parse(modified ?? '');
  const encoded = isEncoded(headers.get('content-encoding'));
  const length = headers.get('content-length');
  return {
    total: encoded || !/^\d+$/.test(length ?? '') ? undefined : Number(length),
    validator: (etag?.startsWith('W/') ? undefined : etag) || modified || undefined,
    lastModified: Number.isNaN(when) ? undefined : new Date(when),
    // A stored encoding that the storage undid on the way: the hash is that of the stored form.
    sums:
      encoded || isEncoded(headers.get('x-goog-stored-content-encoding'))
        ? {}
        : parseHashHeader(headers.get('x-goog-hash')),
    encoded,
  };
}

/** `bytes 5-9/10` as numbers; `total` is `undefined` for `*`. */
export function parseContentRange(header: string | null): { start: number; total: number | undefined } | undefined {
  const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header?.trim() ?? '');
  return match ? { start: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) } : undefined;
}

/** How an answer is to be used. */
export type Reception =
  /** The body continues at the next byte after `skip` bytes that are known already. */
  | { readonly type: 'continue'; readonly skip: number }
  /** The body is the whole object, from byte 0. */
  | { readonly type: 'whole' }
  /** What is here is all there is. */
  | { readonly type: 'complete' }
  /** The object is not the one whose start is here: ask for all of it. */
  | { readonly type: 'changed' }
  /** The storage is busy: ask again after a pause. */
  | { readonly type: 'busy' }
  /** The address is no longer valid: ask the API for a new one. */
  | { readonly type: 'expired' }
  | { readonly type: 'refused' };

/**
 * Decides what an answer means for a range of which all before byte `at` is here; `known` are the facts of the object
 * (`undefined` before the first answer). Pure: status and headers in, decision out.
 */
export function receive(
  at: number,
  known: ContentFacts | undefined,
  answer: { readonly status: number; readonly headers: Headers },
): Reception {
  const { status, headers } = answer;
  if (status === 200) {
    if (!known) return { type: 'whole' };
    const { validator, total } = contentFacts(headers);
    const same = known.validator !== undefined && validator === known.validator && total === known.total;
    return same ? { type: 'continue', skip: at } : { type: 'changed' };
  }
  if (status === 206) {
    if (!known) return { type: 'changed' };
    const range = parseContentRange(headers.get('content-range'));
    const { validator } = contentFacts(headers);
    const same =
      // A page sees Content-Range only where it is exposed; the storage answers 206 only to the range it was asked for.
      (headers.get('content-range') === null || range?.start === at) &&
      (range?.total === undefined || known.total === undefined || range.total === known.total) &&
      (validator === undefined || known.validator === undefined || validator === known.validator);
    return same ? { type: 'continue', skip: 0 } : { type: 'changed' };
  }
  if (status === 416 && known) {
    const total = /^bytes \*\/(\d+)$/.exec(headers.get('content-range')?.trim() ?? '')?.[1];
    return at > 0 && Number(total) === at && known.total === undefined ? { type: 'complete' } : { type: 'changed' };
  }
  if (status === 408 || status === 429 || status >= 500) return { type: 'busy' };
  if ([400, 401, 403, 404, 410].includes(status)) return { type: 'expired' };
  return { type: 'refused' };
}
