import { type Checksums, parseHashHeader } from '../../hash/checksum.ts';

/** What the headers of a response say about the object. */
export interface ContentFacts {
  /** Length of the whole object in bytes; `undefined` if unknown, or if it is that of a compressed form. */
  readonly total: number | undefined;
  /** For If-Range: a strong ETag, otherwise the Last-Modified text. */
  readonly validator: string | undefined;
  /** The ETag, strong or weak. A different one means a different object. */
  readonly tag?: string | undefined;
  readonly lastModified: Date | undefined;
  readonly sums: Checksums;
  /** The body arrives in another encoding than the object: neither length nor checksum can be compared. */
  readonly encoded: boolean;
  /** The content is an HTML page. */
  readonly page: boolean;
}

function isEncoded(encoding: string | null): boolean {
  return encoding !== null && !/^\s*(identity)?\s*$/i.test(encoding);
}

/** Whether an object of that name may be an HTML page; for any other, a page is not the requested object. */
export function isPageName(name: string): boolean {
  return /\.[xs]?html?$/i.test(name);
}

/** Reads the headers of a response. */
export function contentFacts(headers: Headers): ContentFacts {
  const etag = headers.get('etag');
  const modified = headers.get('last-modified');
  const when = Date.parse(modified ?? '');
  const encoded = isEncoded(headers.get('content-encoding'));
  const length = headers.get('content-length');
  return {
    total: encoded || !/^\d+$/.test(length ?? '') ? undefined : Number(length),
    validator: (etag?.startsWith('W/') ? undefined : etag) || modified || undefined,
    tag: etag?.replace(/^W\//, '') || undefined,
    lastModified: Number.isNaN(when) ? undefined : new Date(when),
    // If the storage decoded the object on the way, the checksum is that of the encoded form.
    sums:
      encoded || isEncoded(headers.get('x-goog-stored-content-encoding'))
        ? {}
        : parseHashHeader(headers.get('x-goog-hash')),
    encoded,
    page: /^text\/html\b/i.test(headers.get('content-type')?.trim() ?? ''),
  };
}

/** A parsed Content-Range. */
export interface ContentRange {
  readonly start: number;
  /** End of the range, exclusive. */
  readonly end: number;
  /** `undefined` for `*`. */
  readonly total: number | undefined;
}

/** Parses `bytes 5-9/10`; `undefined` for anything else, and for an impossible range. */
export function parseContentRange(header: string | null): ContentRange | undefined {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header?.trim() ?? '');
  if (!match) return undefined;
  const [start, end] = [Number(match[1]), Number(match[2]) + 1];
  const total = match[3] === '*' ? undefined : Number(match[3]);
  const possible = start < end && end <= (total ?? end) && Number.isSafeInteger(total ?? end);
  return possible ? { start, end, total } : undefined;
}

/** The length of the object in the Content-Range of a 416: `bytes *\/10`. */
export function parseUnsatisfied(header: string | null): number | undefined {
  const total = /^bytes \*\/(\d+)$/.exec(header?.trim() ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}
