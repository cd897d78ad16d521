import type { Checksums } from '../../hash/checksum.ts';
import { parseHashBody, parseHashHeader } from '../../hash/checksum.ts';

/** What the last answer of an upload says of the object. */
export interface StoredObject {
  readonly sums: Checksums;
  /** Bytes of the object, if it says so. */
  readonly stored: number | undefined;
  /** It does not look like an answer of the storage: a web page, or nothing of the object that it stored. */
  readonly suspect: 'page' | 'bare' | undefined;
}

/** How many bytes a 308 says are stored: 0 without a Range header, `undefined` for one that makes no sense. */
export function parseStored(range: string | null): number | undefined {
  if (range === null) return 0;
  const match = /^(?:bytes[= ]\s*)?0-(\d+)$/.exec(range.trim());
  return match ? Number(match[1]) + 1 : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the answer to a finished upload. The storage answers with JSON of an object (which may say nothing), or with
 * headers of its own; Google's writes the size as a text.
 */
export function parseStoredObject(text: string, headers: Headers): StoredObject {
  const object = parseObject(text);
  const size = String(object?.size);
  const known = object || [...headers.keys()].some((name) => /^(x-goog-|x-guploader-|etag$)/.test(name));
  return {
    sums: { ...parseHashBody(text), ...parseHashHeader(headers.get('x-goog-hash')) },
    stored: /^\d{1,15}$/.test(size) ? Number(size) : undefined,
    suspect: known ? undefined : /^\s*<(!doctype|html)/i.test(text) ? 'page' : 'bare',
  };
}
