import type { Checksums } from '../../hash/checksum.ts';
import { parseHashBody, parseHashHeader } from '../../hash/checksum.ts';

/** What the final response of an upload says about the object. */
export interface StoredObject {
  readonly sums: Checksums;
  /** Bytes of the object, if reported. */
  readonly stored: number | undefined;
  /** The response does not look like the storage's: it is a web page, or lacks details of the object. */
  readonly suspect: 'page' | 'bare' | undefined;
}

/** How many bytes a 308 reports as stored: 0 without a Range header, `undefined` for an invalid one. */
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
 * Reads the response to a finished upload. The storage sends the object as JSON (perhaps without details), or its own headers. Google's
 * writes the size as a string.
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
